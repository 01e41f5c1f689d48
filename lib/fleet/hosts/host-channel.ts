import { VigilError } from '../../errors.ts';
import type { Clock, Timer } from '../../util/clock.ts';
import { createDeferred } from '../../util/deferred.ts';
import { nextStep } from '../../util/state-machine.ts';
import { AgentLink, type LinkRhythm } from './agent-link.ts';
import type { AgentNews, ClaimOrder, HeldServer } from './agent-protocol.ts';
import type { AgentProgram } from './bootstrap.ts';
import { describeSkew } from './decide-fitness.ts';
import type { HostStateBody } from './host-event.ts';
import { type HostEffect, type HostSignal, type HostState, hostTable } from './host-machine.ts';
import { parseHeldServers } from './parse-agent-line.ts';
import { measureSkew } from './measure-host.ts';
import type { SshDestination } from './ssh-command.ts';

export interface HostChannelParts {
  readonly clock: Clock;
  /** A number in [0, 1), for the jitter of delays. */
  readonly random: () => number;
  readonly host: string;
  /** The control path differs from one try to the next: an old client may hang on a link that was cut. */
  readonly destination: () => SshDestination;
  readonly claim: Omit<ClaimOrder, 'silenceMs' | 'host'>;
  readonly program: AgentProgram;
  readonly rhythm: LinkRhythm;
  readonly onEvent: (event: HostStateBody) => void;
  readonly onNews: (news: AgentNews) => void;
  /** It answers, and says what it runs. */
  readonly onUp: (servers: readonly HeldServer[], isShared: boolean) => void;
  /** It was started anew: of what ran there nothing is left. */
  readonly onRebooted: () => void;
}

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;
const JITTER = 0.3;
/** After a cut, TCP waits up to a minute before it tries again by itself. */
const RECOVERY_MS = 60_000;

/** The way to the agent of one host: one channel at a time, made again for ever whenever it is lost. */
export class HostChannel {
  /** Settles when the host was reached for the first time, or could not be. */
  readonly answered: Promise<void>;
  readonly #parts: HostChannelParts;
  readonly #answered = createDeferred();
  #state: HostState = 'unknown';
  #trouble: VigilError | null = null;
  #told: string | null = null;
  #link: AgentLink | null = null;
  #boot: string | null = null;
  #retries = 0;
  #timer: Timer | null = null;
  #servers: readonly HeldServer[] = [];
  #isShared = false;
  #wasLost = false;
  #recoversUntil = -Infinity;

  constructor(parts: HostChannelParts) {
    this.#parts = parts;
    this.answered = this.#answered.promise;
  }

  get state(): HostState {
    return this.#state;
  }

  /** Why the host does not answer; null while it does. */
  get trouble(): VigilError | null {
    return this.#trouble;
  }

  /** The channel as it is now. @throws ERR_FLEET_HOST_… why there is none */
  get link(): AgentLink {
    if (this.#state === 'up' && this.#link !== null) return this.#link;
    const text = `host ${this.#parts.host} has not answered yet`;
    throw this.#trouble ?? new VigilError('ERR_FLEET_HOST_UNREACHABLE', text);
  }

  /** Nothing was heard of it for longer than it takes to answer; or lately so, and other connections to it may not be well again. */
  get isSilent(): boolean {
    const isRecovering = this.#parts.clock.now() < this.#recoversUntil;
    return isRecovering || this.#state !== 'up' || this.#link?.isSilent !== false;
  }

  open(): void {
    void this.#connect();
  }

  async close(): Promise<void> {
    this.#timer?.cancel();
    const { silenceMs } = this.#parts.rhythm;
    await this.#link?.order('bye', {}, silenceMs / 4).catch(() => undefined);
    this.#dispatch('closed');
  }

  async #connect(): Promise<void> {
    const { clock, destination, program, rhythm, onNews } = this.#parts;
    const link: AgentLink = new AgentLink({
      clock,
      destination: destination(),
      program,
      rhythm,
      onNews,
      onEnd: (error) => {
        if (this.#link === link) this.#lose(error);
      },
    });
    this.#link = link;
    try {
      const { boot } = await link.open();
      await this.#claim(link, boot);
    } catch (error) {
      if (this.#link === link) this.#lose(error as VigilError);
      link.close();
    }
  }

  async #claim(link: AgentLink, boot: string | null): Promise<void> {
    const { claim, host, clock, rhythm } = this.#parts;
    // The agent must not give up before the master does.
    const order = { ...claim, host, silenceMs: 3 * rhythm.silenceMs };
    const { servers, isShared } = await link.order('claim', order);
    const problem = describeSkew(await measureSkew(link, clock));
    if (problem !== null) throw new VigilError('ERR_FLEET_HOST_UNFIT', `host ${host}: ${problem}`);
    if (this.#link !== link) return;
    this.#servers = parseHeldServers(servers);
    this.#isShared = isShared === true;
    this.#trouble = null;
    const wasRebooted = this.#boot !== null && boot !== null && boot !== this.#boot;
    this.#boot = boot;
    if (this.#wasLost) this.#recoversUntil = clock.now() + RECOVERY_MS;
    if (wasRebooted) this.#dispatch('rebooted', `host ${host} was started anew`);
    this.#dispatch('linked');
  }

  #lose(error: VigilError): void {
    this.#link = null;
    this.#trouble = error;
    this.#wasLost ||= this.#state === 'up';
    this.#dispatch(this.#state === 'up' ? 'lost' : 'missed', error.message);
    this.#answered.resolve();
  }

  #dispatch(signal: HostSignal, reason: string | null = null): void {
    const { state, effects, changed } = nextStep(hostTable, this.#state, signal);
    this.#state = state;
    this.#tell(changed, reason);
    for (const effect of effects) this.#effects[effect]();
  }

  /** A host that stays away is told of again when there is another reason for it. */
  #tell(hasChanged: boolean, reason: string | null): void {
    if (this.#state === 'closed' || (!hasChanged && reason === this.#told)) return;
    this.#told = reason;
    const code = this.#state === 'unknown' ? (this.#trouble?.code ?? null) : null;
    this.#parts.onEvent({ type: `host.${this.#state}`, host: this.#parts.host, reason, code });
  }

  readonly #effects: Record<HostEffect, () => void> = {
    settle: () => {
      this.#retries = 0;
      this.#parts.onUp(this.#servers, this.#isShared);
      this.#answered.resolve();
    },
    bury: () => {
      this.#parts.onRebooted();
    },
    retry: () => {
      const delayMs = Math.min(FIRST_RETRY_MS * 2 ** this.#retries, LONGEST_RETRY_MS);
      this.#retries += 1;
      const jitter = 1 - JITTER * this.#parts.random();
      this.#timer = this.#parts.clock.setTimer(delayMs * jitter, () => {
        void this.#connect();
      });
    },
    hangUp: () => {
      const link = this.#link;
      this.#link = null;
      link?.close();
    },
  };
}
