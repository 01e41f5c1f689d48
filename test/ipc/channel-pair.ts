import type { IpcChannel } from '../../lib/ipc/channel.ts';

/** One end of a pipe in memory. Messages wait until the test lets them through; they travel as JSON text. */
export class PipeEnd implements IpcChannel {
  connected = true;
  peer = 'the other end';
  other!: PipeEnd;
  /** Makes `send` throw, as a channel does that cannot write a message at all. */
  refuses: (text: string) => boolean = () => false;
  readonly #messages = new Set<(message: unknown) => void>();
  readonly #closes = new Set<() => void>();
  readonly #waiting: { text: string; onSent: (error: Error | null) => void }[] = [];

  get listenerCount(): number {
    return this.#messages.size + this.#closes.size;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  send(message: unknown, onSent: (error: Error | null) => void): void {
    const text = JSON.stringify(message);
    if (this.refuses(text)) throw new Error('refused');
    this.#waiting.push({ text, onSent });
  }

  /** Lets the oldest message through. */
  deliver(): boolean {
    const next = this.#waiting.shift();
    if (next === undefined) return false;
    next.onSent(null);
    this.other.receive(JSON.parse(next.text));
    return true;
  }

  receive(message: unknown): void {
    for (const listener of this.#messages) listener(message);
  }

  close(): void {
    if (!this.connected) return;
    this.connected = false;
    for (const { onSent } of this.#waiting.splice(0)) onSent(new Error('closed'));
    for (const listener of this.#closes) listener();
  }

  onMessage(listener: (message: unknown) => void): () => void {
    this.#messages.add(listener);
    return () => void this.#messages.delete(listener);
  }

  onClose(listener: () => void): () => void {
    this.#closes.add(listener);
    return () => void this.#closes.delete(listener);
  }
}

export function createPair(): [PipeEnd, PipeEnd] {
  const [left, right] = [new PipeEnd(), new PipeEnd()];
  left.other = right;
  right.other = left;
  return [left, right];
}

/** Lets everything through both ways until nothing moves any more. */
export async function deliverAll(...ends: PipeEnd[]): Promise<void> {
  let moved = true;
  while (moved) {
    await turn();
    moved = ends.map((end) => end.deliver()).some(Boolean);
  }
}

/** Waits until every tick and microtask that is due has run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
