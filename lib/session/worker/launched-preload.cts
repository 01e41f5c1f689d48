import { rememberPackage } from './remember-package.ts';
import { takeBoot } from './take-boot.ts';

// The preload of a server whose own entry file calls `launch`.
const boot = takeBoot(__filename);
if (boot !== null) {
  // The entry file is about to ask for it, and what is packed together is read once.
  require('../session-agent');
  rememberPackage(module.constructor, boot.foundPackage);
  const { startServerProcess } =
    require('./server-process') as typeof import('./server-process.ts');
  startServerProcess(boot);
}
