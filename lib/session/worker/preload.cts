import { takeBoot } from './take-boot.ts';

// Loaded by Node itself (`--require`) before the server's entry file. It acts only in the process the monitor started.
const boot = takeBoot(__filename);
if (boot !== null) {
  const { startServerProcess } =
    require('./server-process') as typeof import('./server-process.ts');
  startServerProcess(boot);
}
