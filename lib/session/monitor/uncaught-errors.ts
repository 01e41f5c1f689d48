import { inspect } from 'node:util';
import type { LogLevel } from './main-log.ts';

/**
 * Keeps the monitor up when code that the user handed to it fails where nobody catches it, in a timer
 * or a promise of its own: the server must not fall with it.
 */
export function surviveUncaughtErrors(session: { log(level: LogLevel, text: string): void }): void {
  process.on('uncaughtException', (error: unknown, origin) => {
    const kind = origin === 'unhandledRejection' ? 'rejection' : 'exception';
    session.log('error', `uncaught ${kind} in the monitor, the session goes on: ${inspect(error)}`);
  });
}
