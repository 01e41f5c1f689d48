import { encodeEvent } from '../lwes/encode-event.ts';
import { LwesEmitter } from '../lwes/lwes-emitter.ts';
import type { LwesEvent } from '../lwes/lwes-event.ts';
import type { Clock, Timer } from '../util/clock.ts';

export interface SampleEmitterOptions {
  readonly clock: Clock;
  readonly host: string;
  readonly port: number;
  /** Address of this machine whose network is used for multicast. */
  readonly interface?: string;
  readonly onTrouble: (error: Error) => void;
}

const INTERVAL_MS = 1000;
const TERMS = ['pizza', 'pasta', 'ice cream', 'café', 'pizzeria'];
const ADS = ['half price on Mondays', 'two for one', 'open all night'];

/** Emits one event a second, for trying things out: Search, Click and Ad in turn. @lazy */
export class SampleEmitter {
  readonly #clock: Clock;
  readonly #emitter: LwesEmitter;
  #timer: Timer | null = null;
  #count = 0;

  constructor({ clock, onTrouble, ...address }: SampleEmitterOptions) {
    this.#clock = clock;
    this.#emitter = new LwesEmitter(address, { clock, onTrouble });
  }

  start(): void {
    this.#timer = this.#clock.setTimer(INTERVAL_MS, () => {
      this.#emitter.emitBytes(encodeEvent(createSampleEvent(this.#count)));
      this.#count += 1;
      this.start();
    });
  }

  close(): Promise<void> {
    this.#timer?.cancel();
    return this.#emitter.close();
  }
}

/** The event of that number, from 0. */
function createSampleEvent(count: number): LwesEvent {
  const round = Math.floor(count / 3);
  const term = TERMS[round % TERMS.length] ?? '';
  const enc = { name: 'enc', type: 'int16', value: 1 } as const;
  const number = { name: 'count', type: 'int32', value: count } as const;
  switch (count % 3) {
    case 0:
      return {
        name: 'Search',
        attributes: [
          enc,
          { name: 'term', type: 'string', value: term },
          { name: 'lat', type: 'double', value: 51.5 },
          { name: 'lon', type: 'double', value: -0.12 },
          number,
        ],
      };
    case 1:
      return {
        name: 'Click',
        attributes: [enc, { name: 'url', type: 'string', value: `/search/${term}` }, number],
      };
    default:
      return {
        name: 'Ad',
        attributes: [
          enc,
          { name: 'text', type: 'string', value: ADS[round % ADS.length] ?? '' },
          { name: 'price', type: 'float', value: 1.5 },
          number,
        ],
      };
  }
}
