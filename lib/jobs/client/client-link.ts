import { type Clock, systemClock, type Timer } from '../../util/clock.ts';
import { type ClientSocket, type ClientSocketClass, findSocketClass } from './client-socket.ts';
import { JobError } from './job-error.ts';

/** A message of a gateway. */
export type GatewayMessage = Readonly<Record<string, unknown>> & { readonly type: string };

export interface ClientLinkOptions {
  readonly urls: readonly string[];
  readonly socketClass?: ClientSocketClass | undefined;
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** A gateway that says nothing for so long, before it has let the client in, is given up for the next. */
  readonly connectTimeoutMs: number;
  readonly clock?: Clock | undefined;
  /** It was not let in. */
  readonly onConnectError: (error: JobError) => void;
  readonly onMessage: (message: GatewayMessage) => void;
  /** The connection is lost; it is tried again, at the next address, unless the code says not to. */
  readonly onLost: (code: number) => void;
}

/** Another connection has the session: to come again would only take it back and forth. */
export const TAKEN_OVER = 4001;

/** A connection to one of several gateways that comes again by itself, later after each failure. */
export class ClientLink {
  readonly #options: ClientLinkOptions;
  readonly #clock: Clock;
  #socket: ClientSocket | null = null;
  #timer: Timer | null = null;
  #patience: Timer | null = null;
  #isSettled = false;
  #failures = 0;
  #tries = 0;
  #isClosed = false;

  constructor(options: ClientLinkOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** @throws TypeError when there is no WebSocket to be had, or an address is none */
  open(): void {
    const { urls, socketClass = findSocketClass() } = this.#options;
    const url = urls[this.#tries++ % urls.length] ?? '';
    const socket = new socketClass(url);
    this.#socket = socket;
    this.#isSettled = false;
    this.#wait(url);
    socket.onmessage = ({ data }) => {
      if (!this.#isSettled && this.#socket === socket) this.#wait(url);
      const message = parse(data);
      if (message !== null && this.#socket === socket) this.#options.onMessage(message);
    };
    // 'close' follows.
    socket.onerror = () => undefined;
    socket.onclose = ({ code }) => {
      if (this.#socket !== socket) return;
      if (!this.#isSettled)
        this.#fail(
          'connect_failed',
          `${withoutQuery(url)} could not be connected to (${String(code)})`,
        );
      this.#lose(code);
    };
  }

  /** It is of use: the next failure is the first again. */
  settle(): void {
    this.#failures = 0;
    this.#isSettled = true;
    this.#patience?.cancel();
  }

  send(message: object): void {
    this.#socket?.send(JSON.stringify(message));
  }

  /** Gives this connection up, and tries the next. */
  skip(): void {
    const socket = this.#socket;
    if (socket === null) return;
    this.#lose(1000);
    socket.close();
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#patience?.cancel();
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000, 'the client ends');
  }

  #wait(url: string): void {
    this.#patience?.cancel();
    const { connectTimeoutMs } = this.#options;
    this.#patience = this.#clock.setTimer(connectTimeoutMs, () => {
      const about = `${withoutQuery(url)} has said nothing for ${String(connectTimeoutMs)} ms`;
      this.#fail('connect_timeout', about);
      this.skip();
    });
  }

  #fail(code: string, text: string): void {
    this.#options.onConnectError(new JobError(code, text));
  }

  #lose(code: number): void {
    this.#socket = null;
    this.#patience?.cancel();
    this.#options.onLost(code);
    if (this.#isClosed || code === TAKEN_OVER) return;
    const { minDelayMs, maxDelayMs } = this.#options;
    const longest = Math.min(maxDelayMs, minDelayMs * 2 ** this.#failures++);
    // Many clients that have lost one gateway do not come to the next at once.
    this.#timer = this.#clock.setTimer(longest * (0.5 + Math.random() / 2), () => {
      if (!this.#isClosed) this.open();
    });
  }
}

/** Which may hold a token. */
function withoutQuery(url: string): string {
  return url.split('?', 1)[0] ?? '';
}

function parse(data: unknown): GatewayMessage | null {
  try {
    const value: unknown = JSON.parse(String(data));
    const { type } = (value ?? {}) as { type?: unknown };
    return typeof type === 'string' ? (value as GatewayMessage) : null;
  } catch {
    return null;
  }
}
