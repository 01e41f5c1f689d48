import type { ClientSocket, ClientSocketClass } from '../jobs/client/client-socket.ts';
import { openWebSocket } from '../websocket/web-socket-server.ts';

export interface SocketWatch {
  /** Hears what is said before the client does. */
  readonly onText: (text: string) => void;
  /** A connection has ended, or could not be made. */
  readonly onClose: (why: string) => void;
}

/** The WebSocket for a client of jobs whose connections are watched, and that carries headers. */
export function createWatchedSocket(
  headers: Readonly<Record<string, string>>,
  watch: SocketWatch,
): ClientSocketClass {
  return class implements ClientSocket {
    onmessage: ClientSocket['onmessage'] = null;
    onclose: ClientSocket['onclose'] = null;
    onerror: ClientSocket['onerror'] = null;
    readonly #socket: ReturnType<typeof openWebSocket>;

    constructor(url: string) {
      let failure = '';
      this.#socket = openWebSocket(url, headers);
      this.#socket.on('message', (data: Buffer) => {
        const text = data.toString();
        watch.onText(text);
        this.onmessage?.({ data: text });
      });
      this.#socket.once('error', (error) => {
        failure = error.message;
        this.onerror?.(error);
      });
      this.#socket.once('close', (code, reason) => {
        watch.onClose(failure || reason.toString() || `code ${String(code)}`);
        this.onclose?.({ code });
      });
    }

    send(text: string): void {
      this.#socket.send(text);
    }

    close(code?: number, reason?: string): void {
      this.#socket.close(code, reason);
    }
  };
}
