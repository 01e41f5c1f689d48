import type { SessionState } from '../../session/monitor/session-status.ts';

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'none';

export interface StateWords {
  readonly tone: Tone;
  /** What follows the name of the session. */
  readonly text: string;
  /** For the title of the window. */
  readonly short: string;
}

export const STATE_WORDS: Readonly<Record<SessionState, StateWords>> = {
  starting: { tone: 'busy', text: 'is starting', short: 'starting' },
  running: { tone: 'good', text: 'is running', short: 'running' },
  degraded: { tone: 'warn', text: 'is running, but fails its health checks', short: 'degraded' },
  reloading: { tone: 'busy', text: 'is running and being replaced', short: 'reloading' },
  backingOff: { tone: 'bad', text: 'is down and about to be started again', short: 'DOWN' },
  broken: { tone: 'bad', text: 'is down: it died too often', short: 'DOWN' },
  stopping: { tone: 'busy', text: 'is ending', short: 'ending' },
};

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
];

/** As people say it: `340 ms`, `4.2 s`, `12 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h`. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1).replace('.0', '')} s`;
  if (ms < 60_000) return `${Math.floor(ms / 1000)} s`;
  const first = UNITS.findIndex(([, size]) => ms >= size);
  const [unit, size] = UNITS[first] ?? ['min', 60_000];
  const [smallUnit, smallSize] = UNITS[first + 1] ?? ['s', 1000];
  const small = Math.floor((ms % size) / smallSize);
  return `${Math.floor(ms / size)} ${unit}${small === 0 ? '' : ` ${small} ${smallUnit}`}`;
}

/** For what changes each second and is looked at from afar. */
export function roughDuration(ms: number): string {
  return ms < 60_000 ? `${Math.max(0, Math.floor(ms / 1000))} s` : durationText(ms);
}

export function megabytes(bytes: number): string {
  const size = bytes / 1024 / 1024;
  return `${size > 0 && size < 10 ? size.toFixed(1) : Math.round(size)} MB`;
}

export function milliseconds(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms)} ms`;
}

const CLOCK = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const DAY = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });

/** The time of day, with the date when it was another day. */
export function clockText(at: number, now: number): string {
  const time = CLOCK.format(at);
  return isSameDay(at, now) ? time : `${DAY.format(at)}, ${time}`;
}

export function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function isSameDay(one: number, other: number): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}
