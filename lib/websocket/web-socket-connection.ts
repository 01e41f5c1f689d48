/** What a connection needs of the library's socket. */
export interface RawWebSocket {
  readonly bufferedAmount: number;
  readonly protocol: string;
  send(
    data: string | Uint8Array,
    options: { readonly binary: boolean },
    sent: (error?: Error) => void,
  ): void;
  ping(): void;
  pong(data: Uint8Array): void;
  close(code: number, reason: string): void;
  terminate(): void;
  on(event: 'message', listener: (data: unknown, isBinary: boolean) => void): unknown;
  on(event: 'pong', listener: () => void): unknown;
  on(event: 'ping', listener: (data: Uint8Array) => void): unknown;
  on(event: 'close', listener: (code: number) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export interface ConnectionHooks {
  readonly onText?: (text: string) => void;
  readonly onBinary?: () => void;
  /** What was sent has gone out so far that more is welcome. */
  readonly onReady?: () => void;
  readonly onClose?: (code: number) => void;
}

/** One WebSocket that is open, with a bounded amount of what waits to be sent. */
export class WebSocketConnection {
  readonly #socket: RawWebSocket;
  readonly #maxQueuedBytes: number;
  #hooks: ConnectionHooks = {};
  #isOpen = true;
  #isBlocked = false;
  #refused = 0;
  #hasAnswered = true;
  #heldPongs = 0;
  /** Of the pings that are not answered yet the newest, which is enough to answer. */
  #ping: Uint8Array | null = null;

  constructor(socket: RawWebSocket, maxQueuedBytes: number) {
    this.#socket = socket;
    this.#maxQueuedBytes = maxQueuedBytes;
    socket.on('pong', () => {
      this.#hasAnswered = true;
    });
    socket.on('ping', (data) => {
      this.#ping = data;
      this.#answerPing();
    });
    socket.on('message', (data, isBinary) => {
      if (isBinary) this.#hooks.onBinary?.();
      else this.#hooks.onText?.(String(data));
    });
    socket.on('close', (code) => {
      this.#isOpen = false;
      this.#hooks.onClose?.(code);
    });
    // 'close' follows, with the code that the error stands for.
    socket.on('error', () => undefined);
  }

  /** Messages that were not sent because too much waited already. */
  get refused(): number {
    return this.#refused;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  handle(hooks: ConnectionHooks): void {
    this.#hooks = hooks;
  }

  /** False while more waits to be sent than is good; `onReady` says when it is true again. */
  isReady(): boolean {
    this.#isBlocked = this.#socket.bufferedAmount * 2 > this.#maxQueuedBytes;
    return this.#isOpen && !this.#isBlocked;
  }

  /**
   * Sends a text.
   *
   * @param text - as bytes in UTF-8 where several connections are sent the same
   * @returns false when too much waits already: the message is not sent, and counted
   */
  send(text: string | Uint8Array): boolean {
    if (!this.#isOpen) return false;
    if (this.#socket.bufferedAmount > this.#maxQueuedBytes) {
      this.#isBlocked = true;
      this.#refused += 1;
      return false;
    }
    this.#socket.send(text, { binary: false }, () => {
      if (this.#isBlocked && this.isReady()) this.#hooks.onReady?.();
    });
    return true;
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  /**
   * Puts off the answers to pings until the function it returns is called: a client that pings after a message learns
   * by the answer that the message has had its effect.
   */
  holdPongs(): () => void {
    this.#heldPongs += 1;
    let isHeld = true;
    return () => {
      if (isHeld) this.#heldPongs -= 1;
      isHeld = false;
      this.#answerPing();
    };
  }

  /** Asks for a sign of life. @returns false when the one before was not answered: the connection is given up */
  checkAlive(): boolean {
    if (!this.#hasAnswered) {
      this.#socket.terminate();
      return false;
    }
    this.#hasAnswered = false;
    if (this.#isOpen) this.#socket.ping();
    return true;
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #answerPing(): void {
    if (this.#ping === null || this.#heldPongs > 0) return;
    const data = this.#ping;
    this.#ping = null;
    if (this.#isOpen) this.#socket.pong(data);
  }
}
