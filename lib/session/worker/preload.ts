import { BOOT_VARIABLE, type ServerBoot } from '../server-boot.ts';

/**
 * Loaded by Node itself (`--require`) before the server's entry file. It acts only in the process the
 * monitor started: threads and forks of the server inherit the flags, but neither the variable, which
 * is taken away before they can be made, nor the parent.
 */
const boot = takeBoot();
if (boot !== null) start(boot);

function start(told: ServerBoot): void {
  if (told.loadsVigil) {
    const { startLaunchedProcess } =
      require('./launched-process') as typeof import('./launched-process.ts');
    startLaunchedProcess(told);
  } else {
    const { startServerProcess } =
      require('./server-process') as typeof import('./server-process.ts');
    startServerProcess(told);
  }
}

function takeBoot(): ServerBoot | null {
  const text = process.env[BOOT_VARIABLE];
  if (text === undefined) return null;
  const told = JSON.parse(text) as ServerBoot;
  if (told.monitorPid !== process.ppid || process.send === undefined) return null;
  // What the server forks itself is not to take this for its own.
  Reflect.deleteProperty(process.env, BOOT_VARIABLE);
  const at = process.execArgv.indexOf(__filename);
  // Vigil's own flags are the last.
  if (at > 0) process.execArgv.splice(at - 1);
  return told;
}
