import type { WebSocketConnection } from '../websocket/web-socket-connection.ts';
import { ClientConfigError } from './client-config-error.ts';
import type { Seat, StreamClient, StreamDesk } from './stream-desk.ts';
import { writeMessage } from './stream-message.ts';

const UNSUPPORTED_DATA = 1003;
const TRY_AGAIN_LATER = 1013;

/** A client on a WebSocket: it sends its configuration once, and is told when that is none. */
export class SocketClient implements StreamClient {
  readonly isPositioned = false;
  readonly #connection: WebSocketConnection;
  readonly #desk: StreamDesk;
  readonly #onError: (error: unknown) => void;
  #state: 'new' | 'joining' | 'seated' | 'gone' = 'new';
  #seat: Seat | null = null;

  constructor(
    connection: WebSocketConnection,
    desk: StreamDesk,
    onError: (error: unknown) => void,
  ) {
    this.#connection = connection;
    this.#desk = desk;
    this.#onError = onError;
    connection.handle({
      onText: (text) => {
        this.#take(text);
      },
      onBinary: () => {
        connection.close(UNSUPPORTED_DATA, 'the configuration is a text');
      },
      onReady: () => {
        this.#seat?.subscription.resume();
      },
      onClose: () => {
        this.#state = 'gone';
        this.#seat?.leave('closed');
      },
    });
  }

  isReady(): boolean {
    return this.#connection.isReady();
  }

  send(text: Uint8Array): void {
    this.#connection.send(text);
  }

  note(text: string): void {
    this.#connection.send(writeMessage('data', text));
  }

  giveUp(text: string): void {
    this.#connection.send(writeMessage('error', text));
    this.#connection.close(TRY_AGAIN_LATER, text);
  }

  #take(text: string): void {
    if (this.#state !== 'new') {
      this.#refuse('only one configuration is taken: this one is ignored', text);
      return;
    }
    this.#state = 'joining';
    // Who asks whether it is served is answered when it is.
    const answer = this.#connection.holdPongs();
    this.#join(text).catch(this.#onError).finally(answer);
  }

  async #join(text: string): Promise<void> {
    try {
      const seat = await this.#desk.join(text, this);
      this.#seat = seat;
      if (!this.#connection.isOpen) seat.leave('closed');
      else this.#state = 'seated';
    } catch (error) {
      this.#state = 'new';
      if (!(error instanceof ClientConfigError)) throw error;
      this.#refuse(error.message, text);
    }
  }

  #refuse(cause: string, text: string): void {
    this.#connection.send(writeMessage('error', `${cause} in ${shorten(text)}`));
  }
}

const LONGEST_SHOWN = 2000;

function shorten(text: string): string {
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}…`;
}
