import { type CrashPlace, mergePlaces } from '../../notify/crash-places.ts';
import type { FleetCrash } from '../../notify/fleet-crash.ts';
import type { Clock, Timer } from '../../util/clock.ts';
import { readCrashCause } from './crash-cause.ts';
import type { FleetEvent, ServerEnd } from './fleet-event.ts';

export interface FleetCrashMailsParts {
  readonly clock: Clock;
  /** Directory of the application. */
  readonly base: string;
  readonly tell: (crash: FleetCrash) => void;
}

/** Whoever has the same bug mostly dies of it at the same time. */
const QUIET_MS = 3000;
const LONGEST_MS = 15_000;
const MOST_CAUSES = 200;

interface Gathered {
  crash: FleetCrash;
  timer: Timer;
  readonly until: number;
}

/** Tells crashes of one cause together, over all servers and hosts of a fleet. */
export class FleetCrashMails {
  readonly #parts: FleetCrashMailsParts;
  readonly #gathered = new Map<string, Gathered>();

  constructor(parts: FleetCrashMailsParts) {
    this.#parts = parts;
  }

  note(event: FleetEvent): void {
    if (event.type !== 'server.down' || event.end?.expected !== false) return;
    const { id, host, at, end } = event;
    const crash = this.#describe({ server: id, host, count: 1 }, at, end);
    const known = this.#gathered.get(crash.fingerprint);
    if (known === undefined) this.#begin(crash);
    else this.#add(known, crash);
  }

  /** Tells what is gathered so far. */
  flush(): void {
    for (const fingerprint of [...this.#gathered.keys()]) this.#tell(fingerprint);
  }

  #describe(place: CrashPlace, at: string, end: ServerEnd): FleetCrash {
    const { cause, code, signal, evidence, lastWords } = end;
    const surroundings = { base: this.#parts.base, id: place.server, host: place.host };
    return {
      ...readCrashCause(end, surroundings),
      ...{ cause, code, signal, evidence, lastWords, at, lastAt: at, where: [place] },
    };
  }

  #begin(crash: FleetCrash): void {
    const { clock } = this.#parts;
    const [oldest] = this.#gathered.keys();
    if (this.#gathered.size >= MOST_CAUSES && oldest !== undefined) this.#tell(oldest);
    const { fingerprint } = crash;
    const until = clock.now() + LONGEST_MS;
    this.#gathered.set(fingerprint, { crash, until, timer: this.#arm(fingerprint, until) });
  }

  #add(known: Gathered, { lastAt, where, fingerprint }: FleetCrash): void {
    known.crash = { ...known.crash, lastAt, where: mergePlaces(known.crash.where, where) };
    known.timer.cancel();
    known.timer = this.#arm(fingerprint, known.until);
  }

  #arm(fingerprint: string, until: number): Timer {
    const { clock } = this.#parts;
    const timer = clock.setTimer(Math.max(0, Math.min(QUIET_MS, until - clock.now())), () => {
      this.#tell(fingerprint);
    });
    timer.unref();
    return timer;
  }

  #tell(fingerprint: string): void {
    const gathered = this.#gathered.get(fingerprint);
    this.#gathered.delete(fingerprint);
    gathered?.timer.cancel();
    if (gathered !== undefined) this.#parts.tell(gathered.crash);
  }
}
