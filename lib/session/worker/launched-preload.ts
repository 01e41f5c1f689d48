// Here for its presence alone: the entry file is about to ask for it, and what is packed together is read once.
import '../session-agent.ts';
import { startServerProcess } from './server-process.ts';
import { takeBoot } from './take-boot.ts';

// The preload of a server whose own entry file calls `launch`.
const boot = takeBoot(__filename);
if (boot !== null) startServerProcess(boot);
