import type { Death } from '../../process/child-events.ts';
import type { Slot } from '../../process/slot.ts';
import type { SlotState } from '../../supervision/slot-machine.ts';
import { toErrorLike } from '../../ipc/error-like.ts';
import type {
  CrashReport,
  NextAction,
  Quarantined,
  ReportedEnvironment,
} from '../../report/crash-report.ts';
import type { CrashStore } from '../../report/crash-store.ts';
import type { DeathFacts } from '../../report/death-facts.ts';
import { type Clock, waitFor } from '../../util/clock.ts';
import type { Notifications } from './notifications.ts';
import { readGitCommit } from './git-commit.ts';
import { findDeathError } from './death-error.ts';
import type { LiveOptions } from './monitor-context.ts';
import { findProjectDirectory } from './project-directory.ts';
import type { ServerProgram } from './server-fork.ts';
import type { ServerInstance } from './server-instance.ts';
import type { Quarantine } from './quarantine.ts';
import type { EventSource, SessionJournal } from './session-journal.ts';
import type { StableState } from './stable-state.ts';
import { StableWatch } from './stable-watch.ts';
import type { SuspectWatch } from './suspect-watch.ts';

/** The parts of a session that a death is reported with. */
export interface ReportedSession {
  readonly journal: SessionJournal;
  readonly live: LiveOptions;
  readonly mask: { readonly hide: (text: string) => string };
  readonly supervisor: { readonly slot: Slot; readonly servers: readonly ServerInstance[] };
  /** Made at the first death. */
  readonly services: { readonly store: CrashStore; readonly notifications: Notifications };
}

export interface DeathReporterOptions {
  readonly clock: Clock;
  readonly program: ServerProgram;
  readonly session: ReportedSession;
}

/** The next server process boots meanwhile: a report must not take the processor from it. */
const LET_BOOT_MS = 150;

export interface DeathContext {
  readonly slot: Slot;
  /** Those before this death. */
  readonly restarts: number;
  /** ISO time of the death. */
  readonly at: string;
}

/** Turns each death into one report: built from the evidence, kept on disk, mailed. Nothing here delays the restart. */
export class DeathReporter {
  readonly #options: DeathReporterOptions;
  readonly #projectDirectory: string;
  readonly #stableWatch: StableWatch;
  #stable: StableState | null = null;
  #suspectWatch: SuspectWatch | null = null;
  #quarantine: Quarantine | null = null;
  readonly #hurry = new AbortController();
  #pending: Promise<void> = Promise.resolve();

  constructor(options: DeathReporterOptions) {
    this.#options = options;
    const { clock, program, session } = options;
    const { live, journal, supervisor } = session;
    this.#projectDirectory = findProjectDirectory(program.entry, live.current.baseDirectory);
    this.#stableWatch = new StableWatch({
      clock,
      journal,
      live,
      score: () => supervisor.slot.breaker.score,
      onStable: () => {
        this.#rememberStable();
      },
    });
  }

  /** Gathers what is known now and reports it in its own time; never throws. */
  report(server: ServerInstance, death: Death, context: DeathContext): void {
    const facts = this.#gather(server, death, context);
    const source = { generation: death.generation, pid: death.pid };
    this.#pending = this.#pending
      .then(() => waitFor(this.#options.clock, LET_BOOT_MS, this.#hurry.signal))
      .then(() => this.#write(facts, source))
      .catch((error: unknown) => {
        this.#options.session.journal.tell(
          { type: 'crash.reportFailed', error: toErrorLike(error) },
          source,
        );
      });
  }

  /** The routes that are refused at the moment; null while there never was one. */
  get quarantine(): Quarantine | null {
    return this.#quarantine;
  }

  /** Settles when every death so far has been reported. */
  finished(): Promise<void> {
    this.#stableWatch.stop();
    this.#hurry.abort();
    return this.#pending;
  }

  #gather(server: ServerInstance, death: Death, context: DeathContext): DeathFacts {
    const { heartbeat } = server.link;
    return {
      at: context.at,
      cause: death.cause,
      phase: death.phase,
      evidence: death.evidence,
      error: findDeathError(death, server.link.readCrash()),
      code: death.code,
      signal: death.signal,
      pid: death.pid,
      generation: death.generation,
      uptimeMs: Math.round(death.uptimeMs),
      restarts: context.restarts,
      nextAction: describeNext(context.slot, death, this.#options.clock),
      ...(death.expected ? {} : server.readRequests()),
      outputTail: server.output.tail(),
      memory:
        heartbeat === null
          ? null
          : {
              rssBytes: heartbeat.rssBytes,
              heapUsedBytes: heartbeat.heapUsedBytes,
              heapLimitBytes: heartbeat.heapLimitBytes,
            },
      loopLagMs: heartbeat?.loopLagMs ?? null,
      hangStack: server.hang.rawStack,
      environment: describeEnvironment(this.#projectDirectory),
    };
  }

  async #write(
    facts: DeathFacts,
    source: { generation: number; pid: number | null },
  ): Promise<void> {
    const { mask, journal, services } = this.#options.session;
    const projectDirectory = this.#projectDirectory;

    const builder =
      require('../../report/build-crash-report') as typeof import('../../report/build-crash-report.ts');

    const { readSource } =
      require('../../report/read-source') as typeof import('../../report/read-source.ts');
    const id = builder.createReportId(facts.at);
    const known = await this.#complete(facts, id);
    const built = builder.buildCrashReport(known, {
      projectDirectory,
      readSource,
      mask: mask.hide,
      id,
    });
    const judged = await this.#suspects.judge(built);
    const quarantined = this.#quarantineOf(judged, source);
    const { report, error } = await services.store.add({ ...judged, quarantined });
    if (error !== null)
      journal.tell({ type: 'crash.reportFailed', error: toErrorLike(error) }, source);
    this.#tell(report, source);
    services.notifications.crash(report);
  }

  /** Adds what has to be read from disk. */
  async #complete(facts: DeathFacts, id: string): Promise<DeathFacts> {
    const { mask, live } = this.#options.session;
    const { keepDiagnostics } =
      require('./kept-diagnostics') as typeof import('./kept-diagnostics.ts');
    const { files, evidence } = await keepDiagnostics(facts.pid, id, {
      stateDirectory: live.current.stateDirectory,
      crashDirectory: live.current.crashReports.directory,
      mask: mask.hide,
    });
    // What cannot be read any more must not cost the report.
    const changedSinceStable =
      facts.cause === 'memory-limit' ? [] : await this.#stableState.changes().catch(() => []);
    return { ...facts, files, evidence: [...facts.evidence, ...evidence], changedSinceStable };
  }

  /** The suspect is refused from now on if the option says so, and the server has died of it twice of late. */
  #quarantineOf(report: CrashReport, source: EventSource): Quarantined | null {
    const { live, journal, supervisor } = this.#options.session;
    const { quarantine, restart } = live.current;
    if (!quarantine || report.suspect === null) return null;
    if (!this.#suspects.isSeenTwice(report.suspect.route, restart.breaker.halfLifeMs)) return null;
    const { Quarantine } = require('./quarantine') as typeof import('./quarantine.ts');
    this.#quarantine ??= new Quarantine({
      clock: this.#options.clock,
      options: () => live.current,
      journal,
      servers: () => supervisor.servers,
    });
    return this.#quarantine.begin(report, source);
  }

  get #suspects(): SuspectWatch {
    const { SuspectWatch } = require('./suspect-watch') as typeof import('./suspect-watch.ts');
    const { live, services } = this.#options.session;
    this.#suspectWatch ??= new SuspectWatch(() => live.current, services.store);
    return this.#suspectWatch;
  }

  /** In its own time, after whatever else is being written. */
  #rememberStable(): void {
    this.#pending = this.#pending
      .then(() => this.#stableState.remember())
      // A full disk is told of by those who write what matters more.
      .catch(() => undefined);
  }

  get #stableState(): StableState {
    const { StableState } = require('./stable-state') as typeof import('./stable-state.ts');
    this.#stable ??= new StableState({
      options: () => this.#options.session.live.current,
      entry: this.#options.program.entry,
      projectDirectory: this.#projectDirectory,
    });
    return this.#stable;
  }

  #tell(report: CrashReport, source: { generation: number; pid: number | null }): void {
    const { id, fingerprint, cause, occurrences, suspect } = report;
    const known = { id, fingerprint, cause, occurrences, ...(suspect !== null && { suspect }) };
    this.#options.session.journal.tell({ type: 'crash.reported', ...known }, source);
  }
}

const NEXT: Record<SlotState, NextAction['kind']> = {
  idle: 'restart',
  starting: 'restart',
  restarting: 'restart',
  backingOff: 'restart',
  broken: 'retryLater',
  running: 'replace',
  reloading: 'replace',
  retiring: 'replace',
  stopping: 'end',
  stopped: 'end',
};

function describeNext(slot: Slot, death: Death, clock: Clock): NextAction {
  const isSuccessor = slot.current !== null && slot.current.generation < death.generation;
  const kind = isSuccessor ? 'keep' : NEXT[slot.state];
  if (kind === 'end' || kind === 'replace' || kind === 'keep') return { kind, delayMs: null };
  const { nextRetryAt } = slot.breaker;
  return {
    kind,
    delayMs: nextRetryAt === null ? 0 : Math.max(Math.round(nextRetryAt - clock.now()), 0),
  };
}

function describeEnvironment(projectDirectory: string): ReportedEnvironment {
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    gitCommit: readGitCommit(projectDirectory),
    variableNames: Object.keys(process.env).sort(),
  };
}
