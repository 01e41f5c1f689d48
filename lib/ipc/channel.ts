import type { ChildProcess } from 'node:child_process';
import type { Worker as ClusterWorker } from 'node:cluster';
import type { MessagePort, Worker as ThreadWorker } from 'node:worker_threads';
import { argumentError } from './ipc-errors.ts';
import { writeToParentNow } from './write-to-parent-now.ts';

/** A pipe for messages to one peer, whatever it is made of. */
export interface IpcChannel {
  /** Whether messages can still be sent. */
  readonly connected: boolean;
  /** Who is at the other end, for texts of errors. */
  readonly peer?: string;
  /** Whether the channel copies bytes itself, as those of worker_threads do; JSON does not. */
  readonly carriesBinary?: boolean;
  /**
   * Hands a message over. It may throw when the message cannot be written at all; a queue that is long is no failure.
   *
   * @param onSent - called once, when the message was written or could not be
   */
  send(message: unknown, onSent: (error: Error | null) => void): void;
  /**
   * Writes a message before it returns, at the end of this process. False when it cannot; `send` is tried then.
   */
  sendNow?(message: unknown): boolean;
  /** Subscribes to messages; the function returned unsubscribes. */
  onMessage(listener: (message: unknown) => void): () => void;
  /** Calls back once when the peer has died or disconnected; the function returned unsubscribes. */
  onClose(listener: () => void): () => void;
}

/** What can be managed: either side of a forked process, of a cluster worker or of a worker thread. */
export type IpcTarget = ChildProcess | ClusterWorker | NodeJS.Process | ThreadWorker | MessagePort;

/** Adapts a target to the port; a channel is returned as it is. Throws ERR_ARGUMENT for anything else. */
export function createChannel(target: IpcTarget | IpcChannel): IpcChannel {
  const end = resolveEnd(target);
  if (hasMethods(end, ['send', 'onMessage', 'onClose'])) return end as IpcChannel;
  if (hasMethods(end, ['postMessage', 'on', 'removeListener']))
    return createPortChannel(end as PortEnd);
  if (hasMethods(end, ['send', 'on', 'removeListener']))
    return createProcessChannel(end as ProcessEnd);
  throw argumentError(
    'expected a process with an IPC channel, a cluster worker, a worker thread, a message port or an IpcChannel',
    target,
  );
}

/** The object two managers must not share: a cluster worker and its process have one channel between them. */
export function resolveEnd(target: unknown): object {
  if (typeof target !== 'object' || target === null) {
    throw argumentError('expected a process, a worker or a channel to manage', target);
  }
  const inner = (target as { process?: unknown }).process;
  return hasMethods(inner, ['send', 'on']) && hasMethods(target, ['isConnected'])
    ? (inner as object)
    : target;
}

interface Emitter {
  on(event: string, listener: (argument: unknown) => void): unknown;
  removeListener(event: string, listener: (argument: unknown) => void): unknown;
}

interface ProcessEnd extends Emitter {
  readonly connected: boolean;
  readonly pid?: number;
  send(message: unknown, onSent: (error: Error | null) => void): boolean;
}

interface PortEnd extends Emitter {
  readonly threadId?: number;
  postMessage(message: unknown): void;
}

function createProcessChannel(end: ProcessEnd): IpcChannel {
  const isOurOwn = (end as unknown) === process;
  return {
    peer: isOurOwn ? 'the parent process' : `process ${String(end.pid)}`,
    get connected() {
      return end.connected;
    },
    send(message, onSent) {
      // The answer `false` means that the message waits its turn; it is not a failure.
      end.send(message, onSent);
    },
    ...(isOurOwn && { sendNow: writeToParentNow }),
    onMessage: (listener) => subscribe(end, ['message'], listener),
    onClose(listener) {
      if (isOurOwn) return subscribe(end, ['disconnect'], listener);
      return onDeath(end, listener);
    },
  };
}

// A killed worker may report its exit and never the disconnect. But an exit can overtake answers that already wait
// in the socket: they are read within one turn of the event loop, so the news waits for two.
function onDeath(end: ProcessEnd, listener: () => void): () => void {
  let turn: NodeJS.Immediate | undefined;
  const afterTwoTurns = (): void => {
    turn ??= setImmediate(() => {
      turn = setImmediate(listener);
    });
  };
  const stop = [
    subscribe(end, ['disconnect'], listener),
    subscribe(end, ['exit', 'close'], afterTwoTurns),
  ];
  return () => {
    clearImmediate(turn);
    for (const unsubscribe of stop) unsubscribe();
  };
}

function createPortChannel(end: PortEnd): IpcChannel {
  let isOpen = true;
  // Threads say nothing of delivery: posted is as good as sent.
  return {
    peer: end.threadId === undefined ? 'the other thread' : `worker thread ${String(end.threadId)}`,
    carriesBinary: true,
    get connected() {
      return isOpen;
    },
    send(message, onSent) {
      end.postMessage(message);
      process.nextTick(onSent, null);
    },
    onMessage: (listener) => subscribe(end, ['message'], listener),
    onClose: (listener) =>
      subscribe(end, ['exit', 'close'], () => {
        isOpen = false;
        listener();
      }),
  };
}

function subscribe(
  end: Emitter,
  events: readonly string[],
  listener: (argument: unknown) => void,
): () => void {
  for (const event of events) end.on(event, listener);
  return () => {
    for (const event of events) end.removeListener(event, listener);
  };
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return names.every((name) => typeof (value as Record<string, unknown>)[name] === 'function');
}
