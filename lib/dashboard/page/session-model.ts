import type { Sample, SampleMark, SampleSeries } from '../../http/sample-series.ts';
import type { CrashSummary } from '../../report/crash-store.ts';
import type { FeedItem, OutputLine } from '../../session/feed-item.ts';
import type { SessionStatus } from '../../session/monitor/session-status.ts';
import type { SessionEvent } from '../../session/session-event.ts';
import { computed, signal, type ReadonlySignal } from './ui.ts';

const MOST_EVENTS = 1000;
const MOST_LINES = 500;
const MOST_SAMPLES = 4000;

export interface ShownLine extends OutputLine {
  readonly number: number;
}

/** What the page knows of the session. Views read its signals; what arrives is put in by the link. */
export class SessionModel {
  readonly status = signal<SessionStatus | null>(null);
  /** Oldest first. */
  readonly events = signal<readonly SessionEvent[]>([]);
  readonly output = signal<readonly ShownLine[]>([]);
  /** Lines that were never shown. */
  readonly skippedLines = signal(0);
  readonly samples = signal<readonly Sample[]>([]);
  readonly marks = signal<readonly SampleMark[]>([]);
  /** Null until they have been asked for. */
  readonly storedCrashes = signal<readonly CrashSummary[] | null>(null);
  /** The monitor's time less the browser's, milliseconds. */
  readonly clockOffset = signal(0);
  /** The browser's time, each second. */
  readonly tick = signal(Date.now());

  /** The monitor's time. */
  readonly now: ReadonlySignal<number>;
  #lineNumber = 0;

  constructor() {
    this.now = computed(() => this.tick.value + this.clockOffset.value);
    setInterval(() => {
      this.tick.value = Date.now();
    }, 1000);
  }

  /** @returns the types of the events among them that were new */
  take(items: readonly FeedItem[]): Set<SessionEvent['type']> {
    const events: SessionEvent[] = [];
    const lines: OutputLine[] = [];
    for (const item of items) {
      if (item.name === 'event') events.push(item.attrs);
      else if (item.name === 'output') lines.push(...this.#takeLines(item.attrs));
      else this.#takeFigure(item);
    }
    this.#addLines(lines);
    return this.#addEvents(events);
  }

  takeSeries({ columns, marks, until }: SampleSeries): void {
    const { at, loopLagMs, latencyMs, rssBytes, heapUsedBytes } = columns;
    this.clockOffset.value = until - Date.now();
    this.samples.value = at.map((time, index) => ({
      at: time,
      loopLagMs: loopLagMs[index] ?? null,
      latencyMs: latencyMs[index] ?? null,
      rssBytes: rssBytes[index] ?? null,
      heapUsedBytes: heapUsedBytes[index] ?? null,
    }));
    this.marks.value = marks;
  }

  /** Another monitor runs the session now: what the old one told begins anew. */
  forget(): void {
    this.events.value = [];
    this.samples.value = [];
    this.marks.value = [];
    this.storedCrashes.value = null;
  }

  #takeFigure(item: Exclude<FeedItem, { name: 'event' | 'output' }>): void {
    switch (item.name) {
      case 'status':
        this.#takeStatus(item.attrs);
        break;
      case 'sample':
        this.samples.value = replaceLast(this.samples.value, item.attrs, MOST_SAMPLES);
        break;
      case 'mark':
        this.marks.value = [
          ...this.marks.value.filter((mark) => !isSame(mark, item.attrs)),
          item.attrs,
        ];
        break;
    }
  }

  #takeStatus(status: SessionStatus): void {
    const known = this.status.value;
    if (known !== null && known.startedAt !== status.startedAt) this.forget();
    this.status.value = status;
  }

  #takeLines({
    lines,
    skipped,
  }: {
    lines: readonly OutputLine[];
    skipped: number;
  }): readonly OutputLine[] {
    if (skipped > 0) this.skippedLines.value += skipped;
    return lines;
  }

  #addLines(lines: readonly OutputLine[]): void {
    if (lines.length === 0) return;
    const numbered = lines.map((line) => ({ ...line, number: (this.#lineNumber += 1) }));
    this.output.value = [...this.output.value, ...numbered].slice(-MOST_LINES);
  }

  #addEvents(events: readonly SessionEvent[]): Set<SessionEvent['type']> {
    const last = this.events.value.at(-1)?.seq ?? 0;
    const added = events.filter(({ seq }) => seq > last);
    if (added.length > 0) this.events.value = [...this.events.value, ...added].slice(-MOST_EVENTS);
    return new Set(added.map(({ type }) => type));
  }
}

/** A row that has come before is replaced: a poll belongs to the heartbeat before it. */
function replaceLast(samples: readonly Sample[], sample: Sample, most: number): Sample[] {
  const isKnown = samples.at(-1)?.at === sample.at;
  return [...(isKnown ? samples.slice(0, -1) : samples.slice(1 - most)), sample];
}

function isSame(one: SampleMark, other: SampleMark): boolean {
  return one.kind === other.kind && one.generation === other.generation;
}
