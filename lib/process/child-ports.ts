import type { Circumstances, CrashNote, DeathEvidence } from '../supervision/death-evidence.ts';
import type { ExitFact } from './child-handle.ts';

/** Why somebody wants the process to end. */
export type StopIntent = NonNullable<DeathEvidence['asked']>;

export interface ChildTiming {
  /** From the start to the first sign of readiness. */
  readonly startupMs: number;
  /** Longest silence of a ready process; null when it gives no sign of life by itself. */
  readonly silenceMs: number | null;
  /** A silent process gets SIGTERM, and SIGKILL only `killMs` later; default false: it is killed at once. */
  readonly endsSilentGently?: boolean;
  /** How long an asked process may take to end before the signals begin. */
  readonly stopMs: number;
  /** Between SIGTERM and SIGKILL, and between one SIGKILL and the next. */
  readonly killMs: number;
}

/** How a process is asked to end: over IPC, by a signal, over a connection to another host. */
export interface ChildCourier {
  askToStop(intent: StopIntent): void;
  /** Told to a process that was started beside another and now takes its place. */
  promote(): void;
  /** Told to a process that fails its probes: it runs its exit handlers and ends, without a drain. */
  askToFail(detail: string): void;
}

/** What was seen of the process. */
export interface ChildWitness {
  /** Asked when it has been silent for too long: a person holds it in a debugger, and it is to be left alone. */
  isDebugged(): boolean;
  /** What kept it from giving signs of life, one sentence each; asked once it is dead, like all below. */
  hangFacts(): readonly string[];
  crashNote(): CrashNote | null;
  lastWords(): readonly string[];
  /** What has kept it from being ready so far, in words; empty when nothing is known. */
  startTrouble(): string;
  circumstances(fact: ExitFact): Circumstances;
  /** It writes its memory to disk, which takes its time: its silence means nothing meanwhile. */
  isWritingDump(): boolean;
}
