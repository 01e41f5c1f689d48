import type { ResolvedSessionOptions } from '../session/options.ts';
import { createTrouble, type Finding } from './finding.ts';

const FEW_FILES = 4096;

/** The limit of open files, as /proc/self/limits tells it: Node raises the soft one to the hard one. */
export function inspectFileLimit(limits: string): Finding {
  const what = 'open files';
  const [, soft, hard] = /^Max open files\s+(\S+)\s+(\S+)/m.exec(limits) ?? [];
  if (soft === undefined || hard === undefined)
    return { level: 'ok', what, text: 'limit not told by this system' };
  const text = soft === hard ? `at most ${soft}` : `at most ${soft}, to be raised up to ${hard}`;
  if (!(Number(soft) < FEW_FILES)) return { level: 'ok', what, text };
  return createTrouble('warn', what, [
    `${text}: each connection takes one`,
    'raise it: ulimit -n 65536, LimitNOFILE= in a unit of systemd, --ulimit of docker',
  ]);
}

export interface MemoryFacts {
  /** Bytes that the control group may take; null when it may take all. */
  readonly groupBytes: number | null;
  /** Bytes that V8 lets its heap grow to. */
  readonly heapBytes: number;
}

const MB = 1024 * 1024;
// Beside its heap a server needs memory for buffers and code; the monitor needs its own.
const HEAP_PART = 0.75;

/** Whether V8 gives up before the kernel kills, and `memory.limitMb` comes before both. */
export function inspectMemory(
  { groupBytes, heapBytes }: MemoryFacts,
  { memory }: Pick<ResolvedSessionOptions, 'memory'>,
): Finding {
  const what = 'memory';
  const heap = `heap up to ${inMb(heapBytes)}`;
  if (groupBytes === null)
    return { level: 'ok', what, text: `${heap}, no limit by a container or service` };
  const group = `its container or service has ${inMb(groupBytes)}`;
  const { limitMb } = memory;
  if (typeof limitMb === 'number' && limitMb * MB > groupBytes) {
    return createTrouble('warn', what, [
      `memory.limitMb is ${limitMb}, but ${group}: the kernel kills first`,
      `set memory.limitMb to ${Math.floor((groupBytes * HEAP_PART) / MB)} or less`,
    ]);
  }
  if (heapBytes <= groupBytes * HEAP_PART) return { level: 'ok', what, text: `${heap}, ${group}` };
  return createTrouble('warn', what, [
    `${heap}, but ${group}: the kernel kills the server before Node says that its heap is full`,
    `give the server --node-arg=--max-old-space-size=${Math.floor((groupBytes * HEAP_PART) / MB)}`,
  ]);
}

export interface ClockFacts {
  /** Wall time, milliseconds. */
  readonly now: number;
  /** How far wall time went ahead of monotonic time while it was looked at, milliseconds. */
  readonly stepMs: number;
  /** The latest wall time that was written to disk here, milliseconds; null when there is none. */
  readonly latestWritten: number | null;
  /** The TZ of the environment; empty when it is not set. */
  readonly wantedZone: string;
  /** The zone in use; undefined when Node does not know the one that is wanted. */
  readonly zone: string | undefined;
}

const EARLIEST = Date.UTC(2025, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);
const STEP_MS = 250;
const AHEAD_MS = 60_000;

/** Durations do not depend on wall time; what people read, certificates and webhook signatures do. */
export function inspectClock(facts: ClockFacts): Finding {
  const { now, stepMs, latestWritten, wantedZone, zone } = facts;
  const what = 'clock';
  const set = 'set it, and let chrony or systemd-timesyncd keep it';
  if (now < EARLIEST || now > LATEST) {
    const text = `it shows ${new Date(now).toISOString()}: certificates and signatures fail`;
    return createTrouble('fail', what, [text, set]);
  }
  if (Math.abs(stepMs) > STEP_MS)
    return createTrouble('warn', what, [
      `it was set while it was looked at (${Math.round(stepMs)} ms)`,
      set,
    ]);
  if (latestWritten !== null && latestWritten - now > AHEAD_MS) {
    const text = `it went back: files of this session are of ${new Date(latestWritten).toISOString()}`;
    return createTrouble('warn', what, [text, set]);
  }
  if (wantedZone !== '' && !isKnown(zone, wantedZone)) {
    const text = `the time zone TZ="${wantedZone}" is not known: times are shown in UTC`;
    return createTrouble('warn', what, [text, 'write it as in Europe/Vienna']);
  }
  return { level: 'ok', what, text: `${new Date(now).toISOString()}, zone ${zone ?? 'UTC'}` };
}

function isKnown(zone: string | undefined, wanted: string): boolean {
  if (zone === undefined || zone === 'Etc/Unknown') return false;
  return zone !== 'UTC' || /^:?(?:UTC|Etc\/|GMT|Z)/i.test(wanted);
}

function inMb(bytes: number): string {
  return `${Math.round(bytes / MB)} MB`;
}
