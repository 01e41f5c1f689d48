import type { SampleMark } from '../../http/sample-series.ts';
import type { SessionEvent } from '../session-event.ts';

const MOST_MARKS = 1000;
const KEPT_MS = 24 * 60 * 60_000;

interface KeptMark {
  readonly mark: SampleMark;
  readonly changedAt: number;
}

/** Deaths, starts and reloads of the last 24 hours, the newest 1,000 of them; all of it is taken from the events. */
export class MarkHistory {
  #marks: KeptMark[] = [];

  /** @returns the mark that the event sets or changes; null when it does neither */
  note(event: SessionEvent): SampleMark | null {
    const changedAt = Date.parse(event.at);
    if (event.type === 'crash.reported') return this.#addReport(event, changedAt);
    const mark = toMark(event, changedAt);
    if (mark === null) return null;
    this.#marks.push({ mark, changedAt });
    const { length } = this.#marks;
    this.#marks = this.#marks.filter(
      (kept, index) => index >= length - MOST_MARKS && kept.mark.at >= changedAt - KEPT_MS,
    );
    return mark;
  }

  /** Those that were set or changed at `since` or later, milliseconds since 1970. */
  read(since: number): SampleMark[] {
    return this.#marks.filter(({ changedAt }) => changedAt >= since).map(({ mark }) => mark);
  }

  #addReport(
    { id, generation }: Extract<SessionEvent, { type: 'crash.reported' }>,
    changedAt: number,
  ): SampleMark | null {
    const index = this.#marks.findLastIndex(
      ({ mark }) => mark.kind === 'death' && mark.generation === generation,
    );
    const known = this.#marks[index]?.mark;
    if (known?.kind !== 'death') return null;
    const mark = { ...known, reportId: id };
    this.#marks[index] = { mark, changedAt };
    return mark;
  }
}

function toMark(event: SessionEvent, at: number): SampleMark | null {
  const { generation } = event;
  if (event.type === 'worker.ready') return { kind: 'ready', at, generation };
  if (event.type === 'reload.succeeded') return { kind: 'reload', at, generation };
  if (event.type !== 'worker.exited') return null;
  const { cause, expected } = event;
  return { kind: 'death', at, generation, cause, expected };
}
