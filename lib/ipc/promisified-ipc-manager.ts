import { type Clock, systemClock } from '../util/clock.ts';
import { createChannel, type IpcChannel, type IpcTarget, resolveEnd } from './channel.ts';
import { type NoticeDescriptor, type RequestDescriptor, resolveName } from './descriptor.ts';
import { NOTICE, type Packet, parseEnvelope, REQUEST } from './envelope.ts';
import type { ErrorLike } from './error-like.ts';
import { flushAtExit } from './exit-flush.ts';
import {
  argumentError,
  describeAborted,
  describeClosed,
  describeDestroyed,
  managedError,
} from './ipc-errors.ts';
import type { OutboxCounts } from './outbox.ts';
import { PendingRequests, type Response } from './pending-requests.ts';
import { type MessageHandler, ProcessMessageRouter } from './process-message-router.ts';
import { RequestServer } from './request-server.ts';
import { Sender } from './sender.ts';

export interface ManageOptions {
  /** Source of time for the deadlines; the system's by default. */
  readonly clock?: Clock;
  /** Whether a request that waits keeps the process running; default true. */
  readonly keepAlive?: boolean;
  /** How much may wait to be written, in bytes, roughly; more is refused with ERR_IPC_SEND. Default 256 MiB. */
  readonly maxQueuedBytes?: number;
  /** Hears of handlers that failed on a notice, which has no answer to carry the error. */
  readonly onNoticeFailed?: (name: string, error: ErrorLike) => void;
}

export interface EmitOptions {
  /** Deadline of the answer in milliseconds; default 30_000; Infinity waits as long as the peer lives. */
  readonly timeoutMs?: number;
  /** Gives up waiting when it is aborted; the handlers at the other end run on. */
  readonly signal?: AbortSignal;
}

export interface NotifyOptions {
  /** Called once: with null when the notice was written to the channel, else with the reason why not. */
  readonly onSent?: (error: ErrorLike | null) => void;
}

/** Handlers by message name. */
export type MessageHandlers = Readonly<
  Record<string, HandlerOf<never> | readonly HandlerOf<never>[]>
>;
type HandlerOf<Args> = (args: Args) => unknown;

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_QUEUED_BYTES = 256 * 1024 * 1024;

/** Takes charge of a channel. The same as `PromisifiedIPCManager.manage`. */
export function manage(
  target: IpcTarget | IpcChannel,
  handlers: MessageHandlers = {},
  options: ManageOptions = {},
): PromisifiedIPCManager {
  return PromisifiedIPCManager.manage(target, handlers, options);
}

/**
 * Requests with answers, and notices without, over the message channel of a process, cluster worker or worker thread.
 * Both ends need a manager. Messages of others on the same channel are left alone.
 */
export class PromisifiedIPCManager {
  readonly #sender: Sender;
  readonly #pending: PendingRequests;
  readonly #router = new ProcessMessageRouter();
  readonly #server: RequestServer;
  readonly #onNoticeFailed: ((name: string, error: ErrorLike) => void) | undefined;
  readonly #forget: () => void;
  readonly #subscriptions: (() => void)[];
  #ignoredMessages = 0;

  private constructor(channel: IpcChannel, options: ManageOptions, forget: () => void) {
    const {
      clock = systemClock,
      keepAlive = true,
      maxQueuedBytes = DEFAULT_MAX_QUEUED_BYTES,
    } = options;
    this.#onNoticeFailed = options.onNoticeFailed;
    this.#sender = new Sender(channel, maxQueuedBytes);
    this.#pending = new PendingRequests({ clock, keepAlive, peer: this.#sender.peer });
    this.#server = new RequestServer(this.#router, this.#sender);
    this.#forget = forget;
    this.#subscriptions = [
      channel.onMessage((message) => {
        this.#receive(message);
      }),
      channel.onClose(() => {
        this.#close();
      }),
      flushAtExit(() => {
        this.#sender.flushAtExit();
      }),
    ];
  }

  /**
   * Takes charge of a channel.
   *
   * @param target - a ChildProcess, cluster worker, `process`, worker thread, message port, or a channel of one's own
   * @param handlers - handlers by message name, as if given to `on`
   * @throws ERR_IPC_MANAGED when the channel has a manager that is not destroyed
   * @throws ERR_ARGUMENT when the target has no channel, or a handler is not a function
   */
  static manage(
    target: IpcTarget | IpcChannel,
    handlers: MessageHandlers = {},
    options: ManageOptions = {},
  ): PromisifiedIPCManager {
    const end = resolveEnd(target);
    const channel = createChannel(target);
    if (managedEnds.has(end)) throw managedError(channel.peer ?? 'the other process');
    const named = Object.entries(handlers).flatMap(([name, some]) =>
      [some].flat().map((handler) => [resolveName(name), checkHandler(handler)] as const),
    );
    managedEnds.add(end);
    const manager = new PromisifiedIPCManager(channel, options, () => managedEnds.delete(end));
    for (const [name, handler] of named) manager.#router.add(name, handler);
    return manager;
  }

  /** Requests that wait for their answer. */
  get pendingCount(): number {
    return this.#pending.size;
  }

  /** Requests of the other side whose handlers have not ended. */
  get answeringCount(): number {
    return this.#server.answeringCount;
  }

  /** What is not yet written to the channel. */
  get queued(): OutboxCounts {
    return this.#sender.queued;
  }

  /** Messages on the channel that were not ours, or made no sense. */
  get ignoredMessages(): number {
    return this.#ignoredMessages;
  }

  /** Whether messages can be sent. */
  get connected(): boolean {
    return this.#sender.isOpen;
  }

  /**
   * Sends a request and waits for what all handlers at the other end answer.
   *
   * It resolves with `{error}` for everything that may happen at run time: the handler's own error, ERR_IPC_TIMEOUT,
   * ERR_IPC_CLOSED, ERR_IPC_ABORTED, ERR_IPC_DESTROYED, ERR_IPC_SEND.
   *
   * @throws ERR_ARGUMENT for a bad name or timeout
   * @throws ERR_IPC_VALUE when the arguments hold what cannot be sent
   */
  emit<Args, Result>(
    request: RequestDescriptor<Args, Result>,
    args: Args,
    options?: EmitOptions,
  ): Promise<Response<Result>>;
  emit<Result = unknown>(
    name: string,
    args?: unknown,
    options?: EmitOptions,
  ): Promise<Response<Result>>;
  emit(
    request: string | { readonly name: string },
    args?: unknown,
    options: EmitOptions = {},
  ): Promise<Response<unknown>> {
    return new Promise((resolve) => {
      const name = resolveName(request);
      const { timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
      checkTimeout(timeoutMs);
      const value = this.#sender.pack(args);
      const refusal =
        signal?.aborted === true
          ? describeAborted(name, signal.reason)
          : this.#sender.refusal(name, value.size);
      if (refusal !== null) {
        resolve({ error: refusal });
        return;
      }
      const id = nextId++;
      this.#pending.add(id, { name, timeoutMs, signal, resolve });
      this.#sender.send([REQUEST, id, name], value, (error) => {
        if (error !== null)
          this.#pending.settle(id, { error: this.#sender.describeUnsent(name, error) });
      });
    });
  }

  /**
   * Sends a notice, which nobody answers.
   *
   * Written is not received: who needs to know that it was handled sends a request.
   *
   * @throws ERR_ARGUMENT for a bad name
   * @throws ERR_IPC_VALUE when the arguments hold what cannot be sent
   */
  notify<Args>(notice: NoticeDescriptor<Args>, args: Args, options?: NotifyOptions): void;
  notify(name: string, args?: unknown, options?: NotifyOptions): void;
  notify(
    notice: string | { readonly name: string },
    args?: unknown,
    options: NotifyOptions = {},
  ): void {
    const name = resolveName(notice);
    const { onSent } = options;
    const value = this.#sender.pack(args);
    const refusal = this.#sender.refusal(name, value.size);
    // The caller's function runs by itself, so that what it throws is its own affair.
    if (refusal !== null) {
      if (onSent !== undefined) process.nextTick(onSent, refusal);
      return;
    }
    const report = (error: Error | null): void => {
      if (onSent !== undefined)
        process.nextTick(onSent, error && this.#sender.describeUnsent(name, error));
    };
    this.#sender.send([NOTICE, name], value, onSent === undefined ? null : report);
  }

  /** Adds a handler; several of one name all run. Throws ERR_ARGUMENT for a bad name or handler. */
  on<Args, Result>(
    message: RequestDescriptor<Args, Result>,
    handler: (args: Args) => Result | PromiseLike<Result>,
  ): this;
  on<Args>(message: NoticeDescriptor<Args> | string, handler: (args: Args) => unknown): this;
  on(message: string | { readonly name: string }, handler: HandlerOf<never>): this {
    this.#router.add(resolveName(message), checkHandler(handler));
    return this;
  }

  /** Removes one handler. */
  off(message: string | { readonly name: string }, handler: HandlerOf<never>): this {
    this.#router.remove(resolveName(message), handler as MessageHandler);
    return this;
  }

  /** Removes all handlers of the names. */
  clearMessageListeners(...messages: (string | { readonly name: string })[]): this {
    this.#router.clear(messages.map(resolveName));
    return this;
  }

  /** Hands what was said in this tick to the channel now, before something that may never return. */
  flush(): void {
    this.#sender.flush();
  }

  /** Waits until everything is written to the channel or given up. It never rejects. */
  whenFlushed(): Promise<void> {
    return this.#sender.whenFlushed();
  }

  /** Sends what was said already, settles every request with ERR_IPC_DESTROYED and leaves the channel. */
  destroy(): void {
    if (!this.#sender.destroy()) return;
    this.#unsubscribe();
    this.#forget();
    this.#pending.settleAll((name) => describeDestroyed(name, this.#sender.peer));
  }

  #close(): void {
    if (!this.#sender.close()) return;
    this.#unsubscribe();
    this.#pending.settleAll((name) => describeClosed(name, this.#sender.peer));
  }

  #unsubscribe(): void {
    for (const undo of this.#subscriptions) undo();
  }

  #receive(message: unknown): void {
    const packets = parseEnvelope(message);
    if (packets === null) this.#ignoredMessages++;
    else for (const packet of packets) this.#receivePacket(packet);
  }

  #receivePacket(packet: Packet): void {
    switch (packet.kind) {
      case 'request':
        this.#server.serve(packet.id, packet.name, packet.args);
        break;
      case 'response':
        this.#pending.settle(packet.id, { results: packet.results });
        break;
      case 'failure':
        this.#pending.settle(packet.id, { error: packet.error });
        break;
      case 'notice':
        this.#router.route(packet.name, packet.args, (answer) => {
          if ('error' in answer) this.#onNoticeFailed?.(packet.name, answer.error);
        });
        break;
      default:
        this.#ignoredMessages++;
    }
  }
}

// Answers carry the number of their request: one count for the process, so that an answer that comes late, for a
// manager destroyed meanwhile, never meets the request of its successor.
let nextId = 1;
const managedEnds = new WeakSet();

function checkTimeout(timeoutMs: unknown): void {
  if (typeof timeoutMs !== 'number' || !(timeoutMs > 0)) {
    throw argumentError('timeoutMs must be a number of milliseconds above 0', timeoutMs);
  }
}

function checkHandler(handler: unknown): MessageHandler {
  if (typeof handler !== 'function')
    throw argumentError('a message handler must be a function', handler);
  return handler as MessageHandler;
}
