import type { IpcChannel } from '../../ipc/channel.ts';
import { isEnvelope } from '../../ipc/envelope-mark.ts';
import { createDeferred } from '../../util/deferred.ts';
import type { StartedServer } from './server-fork.ts';

export interface HeldBackServer {
  /** The same server; its messages are kept for whoever listens first. */
  readonly started: StartedServer;
  /** Settles when it has something to say to the monitor, or has ended. */
  readonly spoken: Promise<void>;
}

/** Lets a server process boot while nobody listens to it yet, without losing a word of it. */
export function holdBack(started: StartedServer): HeldBackServer {
  const { handle } = started;
  const spoken = createDeferred();
  const channel = handle.channel === null ? null : keepWords(handle.channel, spoken.resolve);
  void handle.exit.then(() => {
    spoken.resolve();
  });
  return { started: { ...started, handle: { ...handle, channel } }, spoken: spoken.promise };
}

/** A channel whose first listener also gets what came before it. */
function keepWords(channel: IpcChannel, onWord: () => void): IpcChannel {
  const kept: unknown[] = [];
  let isClosed = false;
  const stopKeeping = channel.onMessage((message) => {
    kept.push(message);
    // What it asks for its sockets is answered already.
    if (isEnvelope(message)) onWord();
  });
  const stopWatching = channel.onClose(() => {
    isClosed = true;
  });
  return {
    get connected() {
      return channel.connected;
    },
    send: (message, onSent) => {
      channel.send(message, onSent);
    },
    onMessage: (listener) => {
      stopKeeping();
      const words = kept.splice(0);
      queueMicrotask(() => {
        for (const word of words) listener(word);
      });
      return channel.onMessage(listener);
    },
    onClose: (listener) => {
      stopWatching();
      if (isClosed) queueMicrotask(listener);
      return channel.onClose(listener);
    },
  };
}
