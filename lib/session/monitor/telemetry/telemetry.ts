import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { LwesEmitter } from '../../../lwes/lwes-emitter.ts';
import type { Clock } from '../../../util/clock.ts';
import { createDeferred } from '../../../util/deferred.ts';
import type { SessionEvent } from '../../session-event.ts';
import { maskEvent } from '../mask-event.ts';
import type { LiveOptions } from '../monitor-context.ts';
import type { SessionJournal } from '../session-journal.ts';
import { createTelemetryEvent, type TelemetryOrigin } from './telemetry-event.ts';

export interface TelemetryOptions {
  readonly clock: Clock;
  readonly journal: SessionJournal;
  readonly live: LiveOptions;
  readonly mask: (text: string) => string;
  readonly warn: (text: string) => void;
}

const HEARTBEAT_SECONDS = 30;
const MAX_PENDING_BYTES = 1024 * 1024;
/** For a name that is still being looked up when the session ends. */
const CLOSE_MS = 1000;

/** Sends the events of a session as LWES datagrams. Whatever becomes of them, the session goes on. */
export class Telemetry {
  readonly #options: TelemetryOptions;
  readonly #target: string;
  readonly #origin: TelemetryOrigin;
  readonly #opening: Promise<void>;
  #emitter: LwesEmitter | null = null;
  #unsubscribe: () => void = () => undefined;
  #unwritten = 0;
  #isClosed = false;
  #hasWarned = false;

  constructor(target: string, options: TelemetryOptions) {
    this.#target = target;
    this.#options = options;
    this.#origin = { session: options.live.current.name, host: hostname() };
    this.#opening = this.#open().catch((error: unknown) => {
      this.#warnOnce(error);
    });
  }

  /** Sends `System::Shutdown` and what waits, and says how much was lost. Never rejects. */
  async close(): Promise<void> {
    await this.#openInTime();
    this.#isClosed = true;
    this.#unsubscribe();
    if (this.#emitter === null) return;
    await this.#emitter.close();
    const { sent, failed, dropped } = this.#emitter.stats;
    const lost = failed + dropped + this.#unwritten;
    if (lost > 0) {
      this.#options.warn(
        `telemetry: ${sent} events were sent to ${this.#target}, ${lost} were lost`,
      );
    }
  }

  async #open(): Promise<void> {
    const at = this.#target.lastIndexOf(':');
    const name = this.#target.slice(0, at).replace(/^\[|\]$/g, '');
    const host = isIP(name) === 0 ? (await lookup(name, { family: 4 })).address : name;
    if (this.#isClosed) return;
    const { clock, journal } = this.#options;
    this.#emitter = new LwesEmitter(
      {
        host,
        port: Number(this.#target.slice(at + 1)),
        heartbeatSeconds: HEARTBEAT_SECONDS,
        maxPendingBytes: MAX_PENDING_BYTES,
      },
      {
        clock,
        onTrouble: (error) => {
          this.#warnOnce(error);
        },
      },
    );
    for (const event of journal.stream.recent(Infinity)) this.#send(event);
    this.#unsubscribe = journal.stream.subscribe((event) => {
      this.#send(event);
    });
  }

  #send(event: SessionEvent): void {
    try {
      const masked = maskEvent(event, this.#options.mask);
      this.#emitter?.emit(createTelemetryEvent(masked, this.#origin));
    } catch (error) {
      this.#unwritten += 1;
      this.#warnOnce(error);
    }
  }

  async #openInTime(): Promise<void> {
    const late = createDeferred();
    const timer = this.#options.clock.setTimer(CLOSE_MS, late.resolve);
    await Promise.race([this.#opening, late.promise]);
    timer.cancel();
  }

  #warnOnce(error: unknown): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const why = error instanceof Error ? error.message : String(error);
    this.#options.warn(`telemetry: ${why}; events are lost, the session goes on`);
  }
}

/** @lazy Begins to send. */
export function openTelemetry(target: string, options: TelemetryOptions): Telemetry {
  return new Telemetry(target, options);
}
