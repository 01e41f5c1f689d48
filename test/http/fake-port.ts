import type { ControlCommandOutcome, ControlPort } from '../../lib/http/control-port.ts';

/** A session that only remembers what it was asked, and publishes what a test hands it. */
export class FakePort implements ControlPort {
  readonly calls: unknown[] = [];
  readonly #readers = new Set<(event: unknown) => void>();
  past: unknown[] = [];

  get readers(): number {
    return this.#readers.size;
  }

  publish(event: unknown): void {
    for (const reader of this.#readers) reader(event);
  }

  status(): unknown {
    return { name: 'shop', state: 'running' };
  }

  async runCommand(line: string): Promise<ControlCommandOutcome> {
    this.calls.push(['command', line]);
    return { ok: true as const, output: `ran ${String(line.length)}` };
  }

  complete(line: string): [string[], string] {
    return [[`${line}tart`], line];
  }

  async restart(options: { force: boolean }): Promise<unknown> {
    this.calls.push(['restart', options]);
    return { ok: true };
  }

  async reload() {
    return { ok: false, reason: 'probe failed', code: 'ERR_PROBE_FAILED' };
  }

  async stop(options: { force: boolean }): Promise<unknown> {
    this.calls.push(['stop', options]);
    return { ok: true };
  }

  async kill(): Promise<unknown> {
    this.calls.push(['kill']);
    return { ok: true };
  }

  async set(path: string, value: unknown): Promise<unknown> {
    this.calls.push(['set', path, value]);
    return value;
  }

  recentEvents(count: number): readonly unknown[] {
    return this.past.slice(-count);
  }

  async *followEvents(signal: AbortSignal): AsyncGenerator<unknown> {
    const queue: unknown[] = [];
    let wake = (): void => undefined;
    const reader = (event: unknown): void => {
      queue.push(event);
      wake();
    };
    const onAbort = (): void => wake();
    this.#readers.add(reader);
    signal.addEventListener('abort', onAbort);
    try {
      while (!signal.aborted) {
        while (queue.length > 0) yield queue.shift();
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (queue.length > 0 || signal.aborted) resolve();
        });
      }
    } finally {
      this.#readers.delete(reader);
      signal.removeEventListener('abort', onAbort);
    }
  }

  async testAlert(): Promise<unknown> {
    return { queued: 1 };
  }

  readiness() {
    return { isReady: true, state: 'running' };
  }

  async listCrashes(): Promise<unknown> {
    return [{ id: 'a1' }];
  }

  async showCrash(id: string): Promise<unknown> {
    return { id };
  }

  async clearCrashes(): Promise<unknown> {
    this.calls.push(['clear']);
    return { removed: 1 };
  }

  explain(): unknown {
    return { nextAction: 'none' };
  }
}
