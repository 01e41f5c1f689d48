import { findTellingLine } from './find-telling-line.ts';
import { isPlainRecord, type PlainRecord, textOf } from '../protocol/plain-record.ts';

/** One server as `vigil fleet list --json` tells of it. */
export interface ListedServer {
  readonly id: string;
  readonly type: string;
  readonly pid: number | null;
  /** `unknown`: it did not answer in time, or its host is cut off. */
  readonly state: 'up' | 'down' | 'unknown';
  readonly rssBytes: number | null;
  readonly uptimeMs: number | null;
  readonly host: string | null;
}

/** The same, with what the table shows besides. */
export interface ListedRow extends ListedServer {
  readonly heapTotalMb: number | null;
  readonly heapUsedMb: number | null;
  /** What an operator should know, such as why it is down. */
  readonly remark: string | null;
}

const MEGABYTE = 1e6;
const MINUTE_MS = 60_000;
const LONGEST_WORDS = 200;

/**
 * Reads what a master has answered to `list`, ours or one of the older kind, by type and then by id.
 *
 * @returns null when it is no list
 */
export function readListedServers(answer: unknown): ListedRow[] | null {
  const servers = isPlainRecord(answer) ? answer['msg'] : null;
  if (!isPlainRecord(servers)) return null;
  return Object.entries(servers)
    .flatMap(([id, row]) => (isPlainRecord(row) ? [readRow(id, row)] : []))
    .sort((a, b) => compare(a.type, b.type) || compare(a.id, b.id));
}

function readRow(key: string, row: PlainRecord): ListedRow {
  const state = textOf(row, 'state');
  const rssMb = numberOf(row, 'rss');
  const minutes = numberOf(row, 'uptime');
  const isSilent = row['isSilent'] === true;
  return {
    id: textOf(row, 'serverId') ?? key,
    type: textOf(row, 'serverType') ?? '',
    pid: numberOf(row, 'pid'),
    state: state === 'down' || state === 'unknown' ? state : 'up',
    rssBytes: ownOr(row, 'rssBytes', scaled(rssMb, MEGABYTE)),
    uptimeMs: ownOr(row, 'uptimeMs', scaled(minutes, MINUTE_MS)),
    host: textOf(row, 'host'),
    heapTotalMb: isSilent ? null : numberOf(row, 'heapTotal'),
    heapUsedMb: isSilent ? null : numberOf(row, 'heapUsed'),
    remark: remarkOf(row),
  };
}

/** Masters of ours send it, as null when it is not known. */
function ownOr(row: PlainRecord, key: string, other: number | null): number | null {
  return Object.hasOwn(row, key) ? numberOf(row, key) : other;
}

function scaled(value: number | null, factor: number): number | null {
  return value === null ? null : Math.round(value * factor);
}

function numberOf(row: PlainRecord, key: string): number | null {
  const value = Object.hasOwn(row, key) ? row[key] : null;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

function remarkOf(row: PlainRecord): string | null {
  const phase = textOf(row, 'phase');
  const cause = textOf(row, 'cause');
  const evidence = textOf(row, 'evidence');
  const words = Array.isArray(row['lastWords']) ? row['lastWords'] : [];
  const last = findTellingLine(words.filter((word) => typeof word === 'string'));
  const isPlain = phase === null || phase === 'ready' || phase === 'down';
  const parts = [
    isPlain ? null : phase,
    describeSilence(row),
    cause === null ? null : `last end: ${cause}${evidence === null ? '' : `, ${evidence}`}`,
    last === null ? null : `its last words: ${last.slice(0, LONGEST_WORDS)}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(', ');
}

function describeSilence(row: PlainRecord): string | null {
  if (row['isHostAway'] === true) return `its host ${textOf(row, 'host') ?? ''} does not answer`;
  return row['isSilent'] === true ? 'it does not answer' : null;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  // chat-10 after chat-9.
  return a.localeCompare(b, 'en', { numeric: true }) || (a < b ? -1 : 1);
}
