import type { ChildProcess } from 'node:child_process';
import type { SocketQuery } from './bind-socket.ts';
import type { HeldSockets } from './held-sockets.ts';
import { isSocketQuery, parseSocketMessage, SOCKET_MARK } from './socket-messages.ts';

/** Lends the held sockets to one server process, and remembers which it has. */
export class SocketLender {
  readonly #child: ChildProcess;
  readonly #held: HeldSockets;
  readonly #lent: SocketQuery[] = [];

  constructor(child: ChildProcess, held: HeldSockets) {
    this.#child = child;
    this.#held = held;
    child.on('message', (message) => {
      this.#receive(message);
    });
  }

  /** What this process has asked for and not closed since. */
  get lent(): readonly SocketQuery[] {
    return this.#lent;
  }

  #receive(received: unknown): void {
    const message = parseSocketMessage(received);
    if (message === null) return;
    if ('ask' in message && isSocketQuery(message.query)) this.#answer(message.ask, message.query);
    else if ('listening' in message && isSocketQuery(message.listening)) {
      this.#held.note(message.listening, message.speaksHttp);
    } else if ('release' in message && isSocketQuery(message.release)) {
      this.#release(message.release);
    } else if ('cannotHold' in message) this.#held.noteUseless();
  }

  #answer(ask: number, query: SocketQuery): void {
    const { errno, handle } = this.#held.lend(query);
    const answer = { mark: SOCKET_MARK, answer: ask, errno };
    if (handle !== null) this.#lent.push(query);
    // A process that is gone by now needs no answer.
    if (this.#child.connected) {
      this.#child.send(answer, (handle ?? undefined) as never, { keepOpen: true }, () => undefined);
    }
  }

  #release(query: SocketQuery): void {
    const at = this.#lent.findIndex((lent) => JSON.stringify(lent) === JSON.stringify(query));
    if (at === -1) return;
    this.#lent.splice(at, 1);
    this.#held.release(query);
  }
}
