import type { Slot } from '../../../process/slot.ts';
import type { Clock, Timer } from '../../../util/clock.ts';
import type { SessionEvent } from '../../session-event.ts';
import type { SessionJournal } from '../session-journal.ts';
import type { SessionStatus } from '../session-status.ts';
import {
  type Belief,
  decideNotifications,
  ENDING_EXTENSION_MS,
  extendBy,
  type Happening,
  NOTHING_SAID,
} from './decide-notifications.ts';
import { describeService } from './describe-service.ts';
import { createNotifyCommand, type SendNotification } from './notify-command.ts';
import type { NotifyDoor } from './notify-door.ts';
import { NotifyQueue } from './notify-queue.ts';

/** What of a session a service manager is told of. */
export interface ToldSession {
  readonly journal: SessionJournal;
  readonly supervisor: { readonly slot: Pick<Slot, 'state'> };
  readonly status: SessionStatus;
  readonly mask: { hide(text: string): string };
}

export interface ServiceManagerOptions {
  readonly door: NotifyDoor;
  readonly clock: Clock;
  readonly session: ToldSession;
  readonly warn: (text: string) => void;
  /** The session is another monitor's as yet: nothing is said before `takeOver`. */
  readonly isSuccessor: boolean;
  /** Default: systemd's own command. */
  readonly send?: SendNotification;
}

/** Each message is a process: the line of the state is said no more often than this. */
const STATUS_EVERY_MS = 2000;

const OF_BOOT: ReadonlySet<SessionEvent['type']> = new Set([
  'session.started',
  'worker.forked',
  'worker.listening',
]);

/** Tells the service manager that has started this monitor how the session fares, by the protocol of sd_notify(3). */
export class ServiceManager {
  readonly watchdogMs: number | null;
  readonly #options: ServiceManagerOptions;
  readonly #queue: NotifyQueue;
  readonly #unsubscribe: () => void;
  #belief: Belief = NOTHING_SAID;
  #speaks: boolean;
  #lastStatus = '';
  #statusTimer: Timer | null = null;
  #isStatusStale = false;
  #watchdogTimer: Timer | null = null;
  #extensionTimer: Timer | null = null;

  constructor(options: ServiceManagerOptions) {
    const { door, clock, session, warn, isSuccessor } = options;
    this.#options = options;
    this.watchdogMs = door.watchdogMs;
    this.#speaks = !isSuccessor;
    const send = options.send ?? createNotifyCommand(door.socket, clock);
    this.#queue = new NotifyQueue({ clock, send, warn });
    this.#unsubscribe = session.journal.stream.subscribe((event) => {
      this.#onEvent(event);
    });
    process.on('SIGHUP', this.#onHangup);
    if (this.#speaks) this.#awaitBeat();
  }

  /** The session is this monitor's from now on, and so is the service. */
  takeOver(): void {
    this.#speaks = true;
    this.#tellStatus();
    this.#notice({ type: 'session.takenOver', pid: process.pid });
    this.#beat();
  }

  /** Names the process that speaks for the service from now on, and is silent; resolves once that is known. */
  async handOver(pid: number): Promise<void> {
    this.#queue.clear();
    this.#queue.push([`MAINPID=${String(pid)}`]);
    this.#close();
    await this.#queue.idle();
  }

  readonly #onHangup = (): void => {
    const { state } = this.#options.session.supervisor.slot;
    this.#notice({ type: 'signal.hangup', slotState: state });
  };

  #onEvent(event: SessionEvent): void {
    // A boot is left to itself: each message takes some of the processor.
    if (this.#belief.ready || !OF_BOOT.has(event.type)) this.#tellStatus();
    this.#notice(event);
    if (event.type === 'session.ending') this.#extend();
    if (event.type === 'session.ended') this.#close();
  }

  #notice(happening: Happening): void {
    if (!this.#speaks) return;
    const { clock } = this.#options;
    const { belief, messages } = decideNotifications(this.#belief, happening, clock.now());
    this.#belief = belief;
    for (const message of messages) this.#queue.push(message);
  }

  /** A service manager restarts who does not say this in time: it stands for this event loop, not for the server. */
  #beat(): void {
    if (this.watchdogMs !== null) this.#queue.set('WATCHDOG', '1');
    this.#awaitBeat();
  }

  #awaitBeat(): void {
    if (this.watchdogMs === null) return;
    this.#watchdogTimer = this.#options.clock.setTimer(this.watchdogMs / 2, () => {
      this.#beat();
    });
    this.#watchdogTimer.unref();
  }

  /** Drain and handlers have deadlines of their own, which may be longer than that of the service manager. */
  #extend(): void {
    if (!this.#speaks) return;
    this.#extensionTimer?.cancel();
    this.#extensionTimer = this.#options.clock.setTimer(ENDING_EXTENSION_MS / 3, () => {
      this.#queue.push(extendBy(ENDING_EXTENSION_MS));
      this.#extend();
    });
    this.#extensionTimer.unref();
  }

  #tellStatus(): void {
    if (!this.#speaks) return;
    if (this.#statusTimer !== null) {
      this.#isStatusStale = true;
      return;
    }
    this.#isStatusStale = false;
    this.#statusTimer = this.#options.clock.setTimer(STATUS_EVERY_MS, () => {
      this.#statusTimer = null;
      if (this.#isStatusStale) this.#tellStatus();
    });
    this.#statusTimer.unref();
    // What follows from an event has happened by then, and what is said at the same time goes along.
    setImmediate(() => {
      this.#sendStatus();
    });
  }

  #sendStatus(): void {
    const { session } = this.#options;
    if (!this.#speaks) return;
    const text = session.mask.hide(describeService(session.status));
    if (text === this.#lastStatus) return;
    this.#lastStatus = text;
    this.#queue.set('STATUS', text);
  }

  #close(): void {
    this.#speaks = false;
    this.#unsubscribe();
    process.off('SIGHUP', this.#onHangup);
    for (const timer of [this.#statusTimer, this.#watchdogTimer, this.#extensionTimer])
      timer?.cancel();
  }
}
