import { inspect } from 'node:util';

/**
 * Keeps the monitor up when code that the user handed to it fails where nobody catches it, in a timer
 * or a promise of its own: the server must not fall with it.
 */
export function surviveUncaughtErrors(report: (text: string) => void): void {
  process.on('uncaughtException', (error: unknown, origin) => {
    const kind = origin === 'unhandledRejection' ? 'rejection' : 'exception';
    report(`uncaught ${kind} in the monitor, the session goes on: ${inspect(error)}`);
  });
}
