import { SERVER_PROCESS } from '../server-boot.ts';
import type { ServerProcess } from './server-process.ts';

/** Vigil's part of this process; null when the process is not a server that a monitor started. */
export function findServerProcess(): ServerProcess | null {
  return (globalThis as { [SERVER_PROCESS]?: ServerProcess })[SERVER_PROCESS] ?? null;
}
