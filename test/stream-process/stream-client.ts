import { once } from 'node:events';
import { WebSocket } from 'ws';
import { waitUntil } from '../support/wait-until.ts';

export interface StreamMessage {
  readonly type: 'data' | 'error';
  readonly msg: string;
  readonly data: readonly { readonly name: string; readonly attrs: Record<string, unknown> }[];
  readonly next?: string;
}

/** A client of the stream as anybody would write it. */
export class StreamTestClient {
  readonly socket: WebSocket;
  /** As they came. */
  readonly texts: string[] = [];
  closeCode: number | null = null;

  static async open(
    url: string,
    options: { readonly headers?: Record<string, string> } = {},
  ): Promise<StreamTestClient> {
    const client = new StreamTestClient(new WebSocket(url, options));
    await once(client.socket, 'open');
    return client;
  }

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => {
      this.texts.push(data.toString());
    });
    socket.on('close', (code) => {
      this.closeCode = code;
    });
  }

  get messages(): StreamMessage[] {
    return this.texts.map((text) => JSON.parse(text) as StreamMessage);
  }

  get events(): StreamMessage['data'] {
    return this.messages.flatMap(({ data }) => data);
  }

  /** Sends a configuration, and resolves when it is active or refused. */
  async configure(config: object | string): Promise<void> {
    const answered = once(this.socket, 'pong');
    this.socket.send(typeof config === 'string' ? config : JSON.stringify(config));
    this.socket.ping();
    await answered;
  }

  /** Resolves with the first `count` messages. */
  waitForMessages(count: number): Promise<StreamMessage[]> {
    return waitUntil(
      () => (this.texts.length >= count ? this.messages.slice(0, count) : undefined),
      () =>
        `${this.texts.length} messages instead of ${count}: ${this.texts.join(' ').slice(0, 500)}`,
    );
  }

  /** Resolves with the first `count` events. */
  waitForEvents(count: number): Promise<StreamMessage['data']> {
    return waitUntil(
      () => (this.events.length >= count ? this.events.slice(0, count) : undefined),
      () => `${this.events.length} events instead of ${count}`,
    );
  }

  async waitForClose(): Promise<number> {
    if (this.closeCode === null) await once(this.socket, 'close');
    return this.closeCode ?? 0;
  }

  async close(): Promise<void> {
    if (this.closeCode !== null) return;
    this.socket.close();
    await this.waitForClose();
  }
}
