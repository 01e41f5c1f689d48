import { spawn } from 'node:child_process';
import type { Clock } from '../../../util/clock.ts';
import type { Notification } from './decide-notifications.ts';

/** Delivers one message; resolves with what went wrong, or null, and never rejects. */
export type SendNotification = (message: Notification) => Promise<NotifyFailure | null>;

export interface NotifyFailure {
  readonly text: string;
  /** It will fail the next time as well. */
  readonly isFinal: boolean;
}

const COMMAND = 'systemd-notify';
/** It waits up to five seconds until the service manager has read the message. */
const LONGEST_MS = 10_000;
const MOST_SAID = 200;

/** Sends through systemd's own command, for Node has no datagrams over unix sockets. */
export function createNotifyCommand(socket: string, clock: Clock): SendNotification {
  return (message) =>
    new Promise((resolve) => {
      const child = spawn(COMMAND, message, {
        env: { PATH: process.env['PATH'], NOTIFY_SOCKET: socket },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const timer = clock.setTimer(LONGEST_MS, () => {
        child.kill('SIGKILL');
      });
      let said = '';
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        said = `${said}${chunk}`.slice(0, MOST_SAID);
      });
      const settle = (failure: NotifyFailure | null): void => {
        timer.cancel();
        resolve(failure);
      };
      child.once('error', (error: NodeJS.ErrnoException) => {
        const isFinal = error.code === 'ENOENT' || error.code === 'EACCES';
        settle({ text: `${COMMAND} cannot be started: ${error.message}`, isFinal });
      });
      child.once('close', (code, signal) => {
        if (code === 0) {
          settle(null);
          return;
        }
        const how = signal === null ? `ended with code ${String(code)}` : `was ended by ${signal}`;
        settle({ text: `${COMMAND} ${how}: ${said.trim().split('\n')[0] ?? ''}`, isFinal: false });
      });
    });
}
