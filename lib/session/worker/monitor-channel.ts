import type { IpcChannel } from '../../ipc/channel.ts';
import { writeToParentNow } from '../../ipc/write-to-parent-now.ts';
import type { MonitorInbox } from './monitor-inbox.ts';

/** The channel to the monitor. */
export function createMonitorChannel(inbox: MonitorInbox): IpcChannel {
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
    onMessage: (listener) => inbox.onMessage(listener),
    onClose(listener) {
      process.once('disconnect', listener);
      return () => void process.off('disconnect', listener);
    },
  };
}
