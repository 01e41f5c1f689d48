import type { IpcChannel } from '../../ipc/channel.ts';

/** In place of the channel of a process that could not be started. */
export function createClosedChannel(): IpcChannel {
  return {
    connected: false,
    send: (_message, onSent) => {
      onSent(new Error('the process of workers was not started'));
    },
    onMessage: () => () => undefined,
    onClose: () => () => undefined,
  };
}
