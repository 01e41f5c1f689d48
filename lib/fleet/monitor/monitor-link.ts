import type { Socket } from 'node:net';
import { VigilError } from '../../errors.ts';
import type { Clock, Timer } from '../../util/clock.ts';
import { createDeferred } from '../../util/deferred.ts';
import type { AdminAnswer, MonitorAgent } from '../modules/admin-module.ts';
import type { ModuleDesk } from '../modules/module-desk.ts';
import type { AdminMessage } from '../protocol/admin-message.ts';
import { dialMaster, type MasterAddress } from '../protocol/dial-master.ts';
import { PendingRequests } from '../protocol/pending-requests.ts';
import { REFUSALS } from '../protocol/registration.ts';
import { decideRetry } from './decide-retry.ts';
import { MasterConversation, type ServerIdentity } from './master-conversation.ts';
import type { MonitorEvent } from './monitor-event.ts';

export interface MonitorLinkSettings extends MasterAddress {
  readonly clock: Clock;
  readonly identity: ServerIdentity;
  /** What servers of this type show; null: nothing. */
  readonly token: string | null;
  /** Where what the master sends is delivered. */
  readonly desk: ModuleDesk;
  readonly onEvent: (event: MonitorEvent) => void;
}

type LinkState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'dialling'; readonly giveUp: () => void }
  | { readonly kind: 'talking'; readonly conversation: MasterConversation }
  | { readonly kind: 'waiting'; readonly timer: Timer }
  | { readonly kind: 'closed' };

const CONNECT_MS = 5000;
const REQUEST_MS = 30_000;
// The connection of one that died may be taken for alive for a while.
const MOST_FIRST_REFUSALS = 5;
const MASTER = 'the master';

/**
 * A server's connection to its master: registers, delivers what the master sends, and comes back for ever when it is
 * cut. The server runs on while its master is away.
 */
export class MonitorLink implements MonitorAgent {
  readonly #settings: MonitorLinkSettings;
  readonly #pending: PendingRequests;
  readonly #values = new Map<string, unknown>();
  readonly #joined = createDeferred();
  #state: LinkState = { kind: 'idle' };
  #failures = 0;
  #hasJoined = false;

  constructor(settings: MonitorLinkSettings) {
    this.#settings = settings;
    this.#pending = new PendingRequests(settings.clock);
    // Nobody has to wait for it.
    this.#joined.promise.catch(() => undefined);
  }

  get id(): string {
    return this.#settings.identity.id;
  }

  get type(): string {
    return this.#settings.identity.serverType;
  }

  get info(): Readonly<Record<string, unknown>> {
    return this.#settings.identity.info;
  }

  /** Whether the master has taken this server, and is connected. */
  get isJoined(): boolean {
    return this.#state.kind === 'talking' && this.#state.conversation.isJoined;
  }

  /**
   * Connects, and resolves once the master has taken this server. While the master is away it is tried for ever.
   *
   * @throws ERR_FLEET_REFUSED when the master refuses the token before it ever took this server, or goes on refusing
   *   for half a minute for another reason, such as an id that is taken; ERR_FLEET_AWAY when it is closed first
   */
  connect(): Promise<void> {
    if (this.#state.kind === 'idle') this.#dial();
    return this.#joined.promise;
  }

  /** Says goodbye. Nothing is tried any more. */
  close(): Promise<void> {
    const state = this.#state;
    this.#state = { kind: 'closed' };
    if (state.kind === 'dialling') state.giveUp();
    if (state.kind === 'waiting') state.timer.cancel();
    this.#pending.failAll('this server is ending');
    this.#joined.reject(new VigilError('ERR_FLEET_AWAY', 'this server is ending'));
    return state.kind === 'talking' ? state.conversation.close() : Promise.resolve();
  }

  request(moduleId: string, body: unknown, answered: AdminAnswer): void {
    const safely: AdminAnswer = (error, answer) => {
      try {
        answered(error, answer);
      } catch (trouble) {
        this.#settings.onEvent({ type: 'module.trouble', moduleId, error: trouble });
      }
    };
    if (!this.isJoined) safely(new VigilError('ERR_FLEET_AWAY', 'the master is away'));
    else this.#ask(moduleId, body, safely);
  }

  notify(moduleId: string, body: unknown): boolean {
    return this.#send({ kind: 'notice', moduleId, body });
  }

  get(moduleId: string): unknown {
    return this.#values.get(moduleId);
  }

  set(moduleId: string, value: unknown): void {
    this.#values.set(moduleId, value);
  }

  #ask(moduleId: string, body: unknown, answered: AdminAnswer): void {
    const id = this.#pending.nextId;
    const request = { peer: MASTER, deadlineMs: REQUEST_MS, payload: null, answered };
    if (!this.#pending.open(request)) return;
    try {
      this.#send({ kind: 'request', id, moduleId, body });
    } catch (error) {
      this.#pending.settle(MASTER, id, { error, body: null });
    }
  }

  #send(message: AdminMessage): boolean {
    return this.#state.kind === 'talking' && this.#state.conversation.send(message);
  }

  #dial(): void {
    this.#state = { kind: 'idle' };
    const { clock } = this.#settings;
    const patience = clock.setTimer(CONNECT_MS, () => {
      this.#giveUp();
      this.#retry('away', `it does not answer within ${String(CONNECT_MS / 1000)} s`);
    });
    const giveUp = dialMaster(this.#settings, {
      onConnected: (socket) => {
        patience.cancel();
        this.#talk(socket);
      },
      onFailed: (error) => {
        patience.cancel();
        this.#retry('away', error.message);
      },
    });
    // It may have failed at once.
    if (!this.#isIdle) return;
    const end = (): void => {
      patience.cancel();
      giveUp();
    };
    this.#state = { kind: 'dialling', giveUp: end };
  }

  get #isIdle(): boolean {
    return this.#state.kind === 'idle';
  }

  #giveUp(): void {
    if (this.#state.kind === 'dialling') this.#state.giveUp();
  }

  #talk(socket: Socket): void {
    if (this.#state.kind === 'closed') {
      socket.destroy();
      return;
    }
    const conversation = new MasterConversation({
      ...this.#settings,
      socket,
      isBack: this.#hasJoined,
      pending: this.#pending,
      onJoined: () => {
        this.#join();
      },
      onEnded: (reason, refusal) => {
        this.#pending.failAll('the master is away');
        this.#leave(reason, refusal);
      },
    });
    this.#state = { kind: 'talking', conversation };
  }

  #join(): void {
    this.#failures = 0;
    const again = this.#hasJoined;
    this.#hasJoined = true;
    this.#joined.resolve();
    this.#settings.onEvent({ type: 'master.joined', again });
  }

  #leave(reason: string, refusal: string | null): void {
    if (this.#state.kind === 'closed') return;
    if (refusal !== null && this.#isHopeless(refusal)) {
      this.#state = { kind: 'closed' };
      const text = `the master does not take ${this.id}: ${refusal}`;
      this.#joined.reject(new VigilError('ERR_FLEET_REFUSED', text));
      return;
    }
    this.#retry(refusal === null ? 'away' : 'refused', refusal ?? reason);
  }

  /** A first start that is refused for good ends with that; whoever was taken once is patient. */
  #isHopeless(refusal: string): boolean {
    if (this.#hasJoined) return false;
    return refusal === REFUSALS.token || this.#failures >= MOST_FIRST_REFUSALS;
  }

  #retry(what: 'away' | 'refused', reason: string): void {
    if (this.#state.kind === 'closed') return;
    this.#failures += 1;
    const retryMs = decideRetry(this.#failures, Math.random());
    const timer = this.#settings.clock.setTimer(retryMs, () => {
      this.#dial();
    });
    this.#state = { kind: 'waiting', timer };
    this.#settings.onEvent({ type: `master.${what}`, reason, retryMs });
  }
}
