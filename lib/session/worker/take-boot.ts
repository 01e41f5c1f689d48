import { BOOT_VARIABLE, type ServerBoot } from '../server-boot.ts';

/**
 * What the monitor told this process at its start; null in any other than the one it started: threads
 * and forks of the server inherit the flags, but neither the variable, which is taken away here before
 * they can be made, nor the parent.
 */
export function takeBoot(preload: string): ServerBoot | null {
  const text = process.env[BOOT_VARIABLE];
  if (text === undefined) return null;
  const told = JSON.parse(text) as ServerBoot;
  if (told.monitorPid !== process.ppid || process.send === undefined) return null;
  // What the server forks itself is not to take this for its own.
  Reflect.deleteProperty(process.env, BOOT_VARIABLE);
  const at = process.execArgv.indexOf(preload);
  // Vigil's own flags are the last.
  if (at > 0) process.execArgv.splice(at - 1);
  return told;
}
