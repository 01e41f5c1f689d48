import type { IpcChannel } from '../../ipc/channel.ts';
import { isEnvelope } from '../../ipc/envelope.ts';
import { writeToParentNow } from '../../ipc/write-to-parent-now.ts';
import type { ProcessEvents } from './process-events.ts';

/** The channel to the monitor: Vigil's messages are taken out before the user's own listeners see them. */
export function createMonitorChannel(events: ProcessEvents): IpcChannel {
  const listeners = new Set<(message: unknown) => void>();
  events.intercept('message', (message) => {
    if (!isEnvelope(message)) return false;
    for (const listener of listeners) listener(message);
    return true;
  });
  // Without any listener Node keeps messages back for later; with one it would keep the process alive.
  process.on('message', ignore);
  process.channel?.unref();
  return {
    get connected() {
      return process.connected;
    },
    send(message, onSent) {
      if (process.send === undefined || !process.connected) {
        onSent(new Error('the channel to the monitor is closed'));
        return;
      }
      process.send(message, undefined, undefined, onSent);
    },
    sendNow: writeToParentNow,
    onMessage(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onClose(listener) {
      process.once('disconnect', listener);
      return () => void process.off('disconnect', listener);
    },
  };
}

function ignore(): void {
  // Its presence is all that counts.
}
