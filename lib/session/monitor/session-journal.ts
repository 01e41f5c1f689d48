import { type Clock, isoTime } from '../../util/clock.ts';
import { EventStream } from '../../util/event-stream.ts';
import type { SessionEvent, SessionEventBody } from '../session-event.ts';
import type { VitalSign } from '../vital-sign.ts';

export interface EventSource {
  readonly generation: number;
  readonly pid: number | null;
}

/** Whole lines, as a rule. */
export interface WrittenOutput {
  readonly stream: 'stdout' | 'stderr';
  readonly chunk: Buffer;
}

const NO_SERVER: EventSource = { generation: 0, pid: null };

/** Stamps what happens in a session and tells it to everybody who subscribed. */
export class SessionJournal {
  readonly stream: EventStream<SessionEvent>;
  /** Far more than events, and for those alone who measure: nothing of it is remembered or written. */
  readonly signs: EventStream<VitalSign>;
  /** What the server writes, without secrets; nothing of it is remembered here either. */
  readonly output: EventStream<WrittenOutput>;
  readonly #clock: Clock;
  #seq = 0;

  constructor(clock: Clock, onListenerError: (error: unknown) => void) {
    this.#clock = clock;
    this.stream = new EventStream(onListenerError);
    this.signs = new EventStream(onListenerError, { remember: 0 });
    this.output = new EventStream(onListenerError, { remember: 0 });
  }

  tell(body: SessionEventBody, source: EventSource = NO_SERVER): void {
    this.#seq += 1;
    const { generation, pid } = source;
    const stamp = {
      at: isoTime(this.#clock),
      seq: this.#seq,
      generation,
      ...(pid === null ? {} : { pid }),
    };
    const { type, ...fields } = body;
    this.stream.publish({ type, ...stamp, ...fields } as SessionEvent);
  }
}
