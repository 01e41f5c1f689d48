import type { RequestInFlight } from './crash-report.ts';

/**
 * The memory of a flight recorder, and the file that is written from it: a head, then slots of one size,
 * each of which holds one request. Numbers are little-endian.
 *
 * Head: mark (8 bytes) · requests without a slot (4) · whether the file lacks something (4).
 * Slot: state (1) · method (1) · length of the path (2) · 4 unused · start in milliseconds of the machine's
 * monotonic clock (8) · path, one byte a character.
 */
export const SLOT_BYTES = 256;
export const SLOT_COUNT = 256;
export const HEAD_BYTES = 256;
export const RING_BYTES = HEAD_BYTES + SLOT_COUNT * SLOT_BYTES;

export interface RingContent {
  /** The oldest first. */
  readonly requestsInFlight: readonly RequestInFlight[];
  /** How many more were in flight than there are slots. */
  readonly moreRequests: number;
}

export const EMPTY_RING: RingContent = { requestsInFlight: [], moreRequests: 0 };

const MARK = 'VIGILFR1';
const MISSED_AT = 8;
/** For an Int32Array over the memory: 1 while the file lacks what the memory has. */
export const CHANGED_INDEX = 3;
const PATH_AT = 16;
const PATH_LENGTH = SLOT_BYTES - PATH_AT;
const FREE = 0;
const OPEN = 1;
const RUNNING = 2;
// What Node's parser knows; the place of each is part of the format.
const METHODS =
  'GET POST PUT DELETE PATCH HEAD OPTIONS TRACE CONNECT COPY LOCK MKCOL MOVE PROPFIND PROPPATCH SEARCH UNLOCK BIND REBIND UNBIND ACL REPORT MKACTIVITY CHECKOUT MERGE M-SEARCH NOTIFY SUBSCRIBE UNSUBSCRIBE PURGE MKCALENDAR LINK UNLINK SOURCE QUERY'.split(
    ' ',
  );
const METHOD_NUMBERS = new Map(METHODS.map((method, index) => [method, index + 1]));
// Up to here writing byte by byte is quicker than to call into Node.
const SHORT = 48;
const MOST_MISSED = 1_000_000;
const LONGEST_AGE_MS = 366 * 24 * 3600 * 1000;

export function writeHead(ring: Buffer, missed: number): void {
  ring.write(MARK, 0, 'latin1');
  ring.writeUInt32LE(Math.min(missed, MOST_MISSED), MISSED_AT);
}

export function writeFree(ring: Buffer, slot: number): void {
  ring[HEAD_BYTES + slot * SLOT_BYTES] = FREE;
}

/** Its handler has returned. */
export function writeOpen(ring: Buffer, slot: number): void {
  ring[HEAD_BYTES + slot * SLOT_BYTES] = OPEN;
}

export interface RequestLine {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
}

/** For a Float64Array over the memory: where a slot has its start. To be filled before the slot is. */
export function startIndex(slot: number): number {
  return (HEAD_BYTES + slot * SLOT_BYTES + 8) / 8;
}

/**
 * Fills a slot with a request whose handler begins. Neither the query of the URL is written nor anything else
 * of the request. It is called for every request of the server: what it takes, all of them pay.
 */
export function writeRequest(ring: Buffer, slot: number, request: RequestLine): void {
  const at = HEAD_BYTES + slot * SLOT_BYTES;
  // Nobody is to read a mixture of two requests: it is free until it is whole.
  ring[at] = FREE;
  const { method = '', url: whole = '' } = request;
  const url = withoutHost(whole);
  const length = Math.min(endOfPath(url), PATH_LENGTH);
  ring[at + 1] = METHOD_NUMBERS.get(method) ?? 0;
  ring[at + 2] = length & 0xff;
  ring[at + 3] = length >> 8;
  if (length > SHORT) ring.write(url, at + PATH_AT, length, 'latin1');
  else for (let i = 0; i < length; i += 1) ring[at + PATH_AT + i] = url.charCodeAt(i);
  ring[at] = RUNNING;
}

/**
 * What a file of a recorder says; of one that is cut off, overwritten or something else altogether, whatever
 * makes sense.
 *
 * @param now - of the machine's monotonic clock, milliseconds
 */
export function readRing(ring: Buffer, now: number): RingContent {
  if (ring.length < HEAD_BYTES || ring.toString('latin1', 0, MARK.length) !== MARK)
    return EMPTY_RING;
  const missed = ring.readUInt32LE(MISSED_AT);
  const whole = Math.min(SLOT_COUNT, Math.floor((ring.length - HEAD_BYTES) / SLOT_BYTES));
  const requests = Array.from({ length: whole }, (_, slot) => readSlot(ring, slot, now))
    .filter((request) => request !== null)
    .sort((one, other) => other.ageMs - one.ageMs);
  return { requestsInFlight: requests, moreRequests: missed <= MOST_MISSED ? missed : 0 };
}

function readSlot(ring: Buffer, slot: number, now: number): RequestInFlight | null {
  const at = HEAD_BYTES + slot * SLOT_BYTES;
  const state = ring.readUInt8(at);
  const method = METHODS[ring.readUInt8(at + 1) - 1];
  const length = ring.readUInt16LE(at + 2);
  const ageMs = now - ring.readDoubleLE(at + 8);
  if ((state !== OPEN && state !== RUNNING) || length > PATH_LENGTH) return null;
  if (method === undefined || !(ageMs >= 0 && ageMs <= LONGEST_AGE_MS)) return null;
  const path = printable(ring.toString('latin1', at + PATH_AT, at + PATH_AT + length));
  return { method, path, ageMs: Math.round(ageMs), ...(state === RUNNING && { running: true }) };
}

/** Requests to a proxy have the whole URL, in which there may be a password. */
function withoutHost(url: string): string {
  if (url.startsWith('/') || !url.includes('://')) return url;
  const at = url.slice(0, endOfPath(url)).indexOf('/', url.indexOf('://') + 3);
  return at === -1 ? '/' : url.slice(at);
}

function endOfPath(url: string): number {
  const query = url.indexOf('?');
  const fragment = url.indexOf('#');
  if (query === -1) return fragment === -1 ? url.length : fragment;
  return fragment === -1 ? query : Math.min(query, fragment);
}

/** It comes from a client and goes into a log; of what was too long the rest is missing. */
function printable(path: string): string {
  const whole = path.split(/[?#]/, 1)[0]?.replace(/[^\x21-\x7e]/g, '_') ?? '';
  return whole.length < PATH_LENGTH ? whole : `${whole}…`;
}
