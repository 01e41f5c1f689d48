import type {
  Sample,
  SampleMark,
  SampleSeries,
  SampleSource,
  SampleUpdate,
} from '../../http/sample-series.ts';
import type { Clock } from '../../util/clock.ts';
import { EventStream } from '../../util/event-stream.ts';
import type { SessionEvent } from '../session-event.ts';
import type { VitalSign } from '../vital-sign.ts';
import { MarkHistory } from './mark-history.ts';
import { SampleHistory } from './sample-history.ts';
import { hearServingSigns, type ServingProcess } from './serving-signs.ts';
import type { SessionJournal } from './session-journal.ts';

export interface SampleRecorderOptions {
  readonly clock: Clock;
  readonly journal: Pick<SessionJournal, 'stream' | 'signs'>;
  /** The process that serves or is about to: of others nothing is recorded. Null: there is none. */
  readonly serving: () => ServingProcess | null;
}

/** What may wait for one slow reader. */
const MOST_QUEUED = 200;

/** Records how the figures of a session go, with what happened to it, for plots over time. */
export class SampleRecorder implements SampleSource {
  readonly #options: SampleRecorderOptions;
  readonly #samples = new SampleHistory();
  readonly #marks = new MarkHistory();
  readonly #updates = new EventStream<SampleUpdate>(undefined, {
    remember: 0,
    maxQueued: MOST_QUEUED,
  });
  /** Whose figures were recorded last. */
  #generation = 0;

  constructor(options: SampleRecorderOptions) {
    this.#options = options;
    const { stream, signs } = options.journal;
    for (const event of stream.recent(Infinity)) this.#marks.note(event);
    stream.subscribe((event) => {
      this.#noteEvent(event);
    });
    hearServingSigns(signs, options.serving, (sign) => {
      this.#noteSign(sign);
    });
  }

  read(since: number): SampleSeries {
    const until = this.#options.clock.wallTime();
    return { since, until, columns: this.#samples.read(since), marks: this.#marks.read(since) };
  }

  follow(signal: AbortSignal): AsyncIterable<SampleUpdate> {
    return this.#updates.follow(signal);
  }

  #noteSign(sign: VitalSign): void {
    this.#generation = sign.generation;
    this.#tellSample(this.#samples.add(this.#options.clock.wallTime(), toValues(sign)));
  }

  #noteEvent(event: SessionEvent): void {
    const mark = this.#marks.note(event);
    if (mark !== null) this.#tellMark(mark);
    if (event.type !== 'worker.exited' || event.generation !== this.#generation) return;
    this.#tellSample(this.#samples.cut(Date.parse(event.at)));
  }

  #tellSample(sample: Sample): void {
    this.#updates.publish({ type: 'sample', sample });
  }

  #tellMark(mark: SampleMark): void {
    this.#updates.publish({ type: 'mark', mark });
  }
}

function toValues(sign: VitalSign): Partial<Omit<Sample, 'at'>> {
  if (sign.kind === 'poll') return { latencyMs: round(sign.poll.latencyMs) };
  const { loopLagMs, rssBytes, heapUsedBytes } = sign.beat;
  return { loopLagMs: round(loopLagMs), rssBytes, heapUsedBytes };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
