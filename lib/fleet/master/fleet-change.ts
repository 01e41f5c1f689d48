import { ConfigError } from '../../config/config-error.ts';
import { type Clock } from '../../util/clock.ts';
import { decideChanges, type KeptEntry } from '../plan/decide-changes.ts';
import type { PlannedChange } from '../plan/planned-change.ts';
import type { FleetPlan, ServerEntry } from '../plan/server-entry.ts';
import { compareSurroundings } from './compare-surroundings.ts';
import type { FleetEventBody } from './fleet-event.ts';
import type { FleetServer } from './fleet-server.ts';
import type { HealthGate } from './health-gate.ts';
import type { ServerKeeper } from './server-keeper.ts';
import { describeAway, stopThoseThatAnswer } from './stop-those-that-answer.ts';
import { chooseEvidence } from './choose-evidence.ts';

export interface FleetChangeParts {
  readonly clock: Clock;
  /** What the master was started with. */
  readonly plan: FleetPlan;
  /** Reads the configuration anew. @throws ERR_CONFIG_INVALID a `ConfigError` */
  readonly read: () => FleetPlan;
  readonly keeper: ServerKeeper;
  readonly gate: HealthGate;
  readonly tell: (body: FleetEventBody) => void;
}

/** What a configuration that is wrong is answered with; nothing was changed. */
export interface WrongConfiguration {
  /** With file, line and column. */
  readonly problems: readonly string[];
}

/** What has to be done so that the fleet is as it is configured. */
export interface FleetDifference {
  readonly changes: readonly PlannedChange[];
  /** Ids of the servers that are as they are configured. */
  readonly unchanged: readonly string[];
  /** What of the configuration takes a new master, in sentences without a full stop. */
  readonly notes: readonly string[];
  /** Of those notes the ones that keep servers from being changed before that. */
  readonly obstacles: readonly string[];
}

export type ChangeStep = Pick<PlannedChange, 'kind' | 'id'>;

/** What became of the changes. */
export interface ChangeOutcome extends Pick<FleetDifference, 'unchanged' | 'notes' | 'obstacles'> {
  readonly done: readonly ChangeStep[];
  /** The one that failed; null when none did. */
  readonly failed: (ChangeStep & { readonly reason: string }) | null;
  /** Those that were not touched. */
  readonly left: readonly ChangeStep[];
}

/**
 * Makes the fleet as its configuration says, read anew: one server after the other, each through the health gate.
 *
 * It stops at the first that fails. Nothing is kept of it: what is left is what still differs.
 */
export class FleetChange {
  readonly #parts: FleetChangeParts;

  constructor(parts: FleetChangeParts) {
    this.#parts = parts;
  }

  plan(): FleetDifference | WrongConfiguration {
    return this.#look(({ difference }) => difference);
  }

  /** @throws ERR_FLEET_COMMAND while servers are being restarted or changed already */
  async apply(onStep: (step: PlannedChange) => void): Promise<ChangeOutcome | WrongConfiguration> {
    return this.#parts.gate.exclusively(async () =>
      this.#look((found) => this.#applyAll(found, onStep)),
    );
  }

  #look<T>(
    use: (found: { configured: readonly ServerEntry[]; difference: FleetDifference }) => T,
  ): T | WrongConfiguration {
    const { plan, read, keeper } = this.#parts;
    try {
      const wanted = read();
      const changes = decideChanges(wanted.servers, keeper.list().map(keptOf));
      const changed = new Set(changes.map(({ id }) => id));
      const unchanged = wanted.servers.map(({ id }) => id).filter((id) => !changed.has(id));
      const difference = { changes, unchanged, ...compareSurroundings(plan, wanted) };
      return use({ configured: wanted.servers, difference });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return { problems: error.message.split('\n') };
    }
  }

  async #applyAll(
    { configured, difference }: { configured: readonly ServerEntry[]; difference: FleetDifference },
    onStep: (step: PlannedChange) => void,
  ): Promise<ChangeOutcome> {
    const { tell, keeper } = this.#parts;
    const { changes, ...facts } = difference;
    const steps = changes.map(({ kind, id }) => ({ kind, id }));
    if (facts.obstacles.length > 0 || steps.length === 0)
      return { ...facts, done: [], failed: null, left: steps };
    const ids = steps.map(({ id }) => id);
    tell({ type: 'apply.started', ids });
    for (const [index, change] of changes.entries()) {
      const { kind, id } = change;
      onStep(change);
      const reason = await this.#carryOut(change, configured);
      if (reason === null) continue;
      const left = steps.slice(index + 1);
      tell({ type: 'apply.stopped', id, reason, left: left.map((step) => step.id) });
      return { ...facts, done: steps.slice(0, index), failed: { kind, id, reason }, left };
    }
    keeper.arrange(configured.map(({ id }) => id));
    tell({ type: 'apply.succeeded', ids });
    return { ...facts, done: steps, failed: null, left: [] };
  }

  /** @returns why it failed; null when it did not */
  async #carryOut(
    { kind, id }: PlannedChange,
    configured: readonly ServerEntry[],
  ): Promise<string | null> {
    const { gate, keeper } = this.#parts;
    const server = keeper.find(id);
    if (kind === 'stop') return server === undefined ? null : this.#remove(server);
    const entry = configured.find((one) => one.id === id);
    if (entry === undefined) return 'it is not in the configuration';
    if (server === undefined) return gate.pass(keeper.prepare(entry), start);
    // One that was stopped a moment ago may not have ended.
    if (!server.isWanted) await server.stop(false);
    server.entry = entry;
    return gate.pass(server, kind === 'start' ? start : restart);
  }

  async #remove(server: FleetServer): Promise<string | null> {
    const { clock, keeper } = this.#parts;
    const away = await stopThoseThatAnswer([server], { force: false, clock });
    if (away.length > 0) return describeAway(away);
    keeper.forget(server);
    return null;
  }
}

/** One that has ended by itself is started now, and one that is just being started again as well. */
function start(server: FleetServer): void {
  if (server.isRunning) server.restart();
  else server.start();
}

function restart(server: FleetServer): void {
  server.restart();
}

function keptOf({ runsAs: entry, isWanted, state, lastEnd }: FleetServer): KeptEntry {
  if (!isWanted || state === 'ready' || lastEnd === null || lastEnd.expected)
    return { entry, isWanted, trouble: null };
  const { cause, evidence } = lastEnd;
  const told = chooseEvidence(evidence);
  const trouble = told === null ? cause : `${cause}, ${told}`;
  return { entry, isWanted, trouble };
}
