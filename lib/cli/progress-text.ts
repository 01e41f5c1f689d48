import type { ExplainedDeadline, SessionExplanation } from '../session/monitor/explanation.ts';

/** What an operator waits for. */
export interface Progress {
  /** The command that was called. */
  readonly verb: string;
  readonly elapsedMs: number;
  /** Null when the monitor does not answer. */
  readonly session: Pick<SessionExplanation, 'deadlines' | 'worker' | 'slot'> | null;
}

/** What a command that takes long waits for, and until when, in one line of at most `width` characters. */
export function describeProgress(progress: Progress, width: number): string {
  const { verb, elapsedMs } = progress;
  const text = `${verb}: ${describeWait(progress)} (${seconds(elapsedMs)} so far)`;
  return text.length <= width ? text : `${text.slice(0, Math.max(width - 1, 0))}…`;
}

function describeWait({ session }: Progress): string {
  if (session === null) return 'waiting for the monitor';
  const { deadlines, worker, slot } = session;
  const find = (name: ExplainedDeadline['name']): ExplainedDeadline | undefined =>
    deadlines.find((deadline) => deadline.name === name);
  const [startup, drain, kill, retry] = [
    find('startup'),
    find('drain'),
    find('kill'),
    find('retry'),
  ];
  if (startup !== undefined)
    return `server ${who(startup)} is starting, it has ${seconds(startup.inMs)} left to be ready`;
  if (drain !== undefined) return describeDrain(drain);
  if (kill !== undefined) return `what is left of server ${who(kill)} is being ended`;
  if (retry !== undefined) return `the next start comes in ${seconds(retry.inMs)}`;
  if (worker === null) return 'no server process at the moment';
  return slot === 'stopping' || slot === 'stopped'
    ? 'the session winds up'
    : `server #${worker.generation} is ${worker.state}`;
}

function describeDrain(drain: ExplainedDeadline): string {
  const { open } = drain;
  const what =
    open === undefined
      ? 'is finishing its requests'
      : `has ${open} open ${open === 1 ? 'request' : 'requests'}`;
  return `server ${who(drain)} ${what}, ${seconds(drain.inMs)} left`;
}

function who({ generation }: ExplainedDeadline): string {
  return generation === null ? '' : `#${generation}`;
}

function seconds(ms: number): string {
  return `${Math.max(Math.round(ms / 1000), 0)} s`;
}
