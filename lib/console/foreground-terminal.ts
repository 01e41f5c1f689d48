import { readFileSync } from 'node:fs';

/**
 * Tells whether this process may read its terminal.
 *
 * A job in the background (`vigil run app.js &`) that reads its terminal is stopped by the kernel (SIGTTIN), and its
 * server with it. Where the system does not tell, the answer is yes.
 */
export function isForegroundTerminal(): boolean {
  if (process.platform !== 'linux') return true;
  try {
    return isForegroundStat(readFileSync('/proc/self/stat', 'utf8'));
  } catch {
    return true;
  }
}

/** Reads the line of /proc/<pid>/stat: is the process's group the one in front of its terminal? */
export function isForegroundStat(stat: string): boolean {
  // The second field is the program's name in brackets, which may hold spaces and brackets itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [group, terminal, groupInFront] = [fields[2], fields[4], fields[5]];
  // Without a terminal of its own, or after it has hung up, a process is not stopped; it reads the end of file.
  return terminal === '0' || group === groupInFront;
}
