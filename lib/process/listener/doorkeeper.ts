import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { HeldSockets } from './held-sockets.ts';

/** What the doorkeeper's process is told; a message may carry a socket. */
export interface DoorkeeperMessage {
  readonly retryAfterSeconds: number;
  readonly leave: boolean;
}

/** Has HTTP clients answered with 503 while no server process is there to do better. */
export class Doorkeeper {
  readonly #held: HeldSockets;
  #child: ChildProcess | null = null;

  constructor(held: HeldSockets) {
    this.#held = held;
  }

  /** Begins to answer, or changes what the answer says. Sockets that do not speak plain HTTP are closed until the next start. */
  open(retryAfterMs: number): void {
    const retryAfterSeconds = Math.max(Math.ceil(retryAfterMs / 1000), 1);
    if (this.#child !== null) {
      this.#tell(this.#child, { retryAfterSeconds, leave: false });
      return;
    }
    for (const { query, speaksHttp } of this.#held.sockets) {
      if (!speaksHttp) this.#held.release(query);
    }
    if (this.#held.sockets.length === 0) return;
    const child = start();
    const forget = (): void => {
      if (this.#child === child) this.#child = null;
    };
    // If it cannot be started, clients wait for the next server process, as they would without it.
    child.on('error', forget).once('exit', forget);
    this.#child = child;
    for (const { handle } of this.#held.sockets) {
      this.#tell(child, { retryAfterSeconds, leave: false }, handle);
    }
  }

  /** Whether clients are answered here at the moment. */
  get isOpen(): boolean {
    return this.#child !== null;
  }

  /** Leaves the sockets to the server. */
  close(): void {
    const child = this.#child;
    this.#child = null;
    if (child !== null) this.#tell(child, { retryAfterSeconds: 1, leave: true });
  }

  #tell(child: ChildProcess, message: DoorkeeperMessage, handle?: unknown): void {
    if (child.connected) child.send(message, handle as never, { keepOpen: true }, () => undefined);
  }
}

function start(): ChildProcess {
  const child = fork(join(__dirname, 'doorkeeper-child.js'), [], {
    execArgv: ['--max-old-space-size=64'],
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  child.unref();
  child.channel?.unref();
  return child;
}
