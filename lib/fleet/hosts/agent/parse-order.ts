import type { AgentOrders, AgentVerb } from '../agent-protocol.ts';

export interface Order {
  readonly id: number;
  readonly verb: AgentVerb;
  readonly order: unknown;
}

/** It can be answered, but not be carried out. */
export interface UnknownOrder {
  readonly id: number;
  readonly verb: null;
}

type Check = (value: unknown) => boolean;

const SERVER: Check = (value) =>
  typeof value === 'string' && /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/.test(value);
const TEXT: Check = (value) => typeof value === 'string' && !value.includes('\0');
const FOLDER_NAME: Check = (value) => typeof value === 'string' && /^[0-9a-f]{1,64}$/.test(value);
const PATH: Check = (value) => TEXT(value) && String(value).startsWith('/');
const COUNT: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const FLAG: Check = (value) => typeof value === 'boolean';
const CPUS: Check = (value) => typeof value === 'string' && /^\d{1,4}(?:[,-]\d{1,4})*$/.test(value);
const PORTS: Check = (value) =>
  Array.isArray(value) && value.every((port) => COUNT(port) && Number(port) <= 65_535);
const TEXTS: Check = (value) => Array.isArray(value) && value.every(TEXT);
const VARIABLES: Check = (value) =>
  typeof value === 'object' && value !== null && TEXTS(Object.values(value));
const SIGNAL: Check = (value) => typeof value === 'string' && /^SIG[A-Z0-9]{2,8}$/.test(value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);

const RUN: Check = (value) => typeof value === 'string' && /^[\w-]{1,100}$/.test(value);
const HERE: Check = (value) => isRecord(value) && PATH(value['path']) && TEXT(value['key']);

const FIELDS: {
  readonly [V in AgentVerb]: { readonly [F in keyof AgentOrders[V]['order']]: Check };
} = {
  claim: {
    fleet: FOLDER_NAME,
    host: TEXT,
    base: PATH,
    owner: TEXT,
    here: HERE,
    isTied: FLAG,
    silenceMs: COUNT,
  },
  beat: {},
  preflight: { base: PATH, main: PATH, ports: PORTS },
  start: {
    server: SERVER,
    run: RUN,
    base: PATH,
    main: PATH,
    ports: PORTS,
    args: TEXTS,
    environment: VARIABLES,
    cpus: orNull(CPUS),
  },
  signal: { server: SERVER, pid: COUNT, startTime: TEXT, signal: SIGNAL },
  pin: { server: SERVER, cpus: CPUS },
  tail: { server: SERVER, count: COUNT },
  follow: { server: SERVER, isWanted: FLAG, from: orNull(COUNT) },
  bye: {},
};

/** Reads one line of a master; null when it is none. */
export function parseOrder(line: string): Order | UnknownOrder | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (!isRecord(value) || !COUNT(value['id'])) return null;
  const id = Number(value['id']);
  const [verb, order] = [value['verb'], value['order']];
  if (!isVerb(verb) || !isRecord(order)) return { id, verb: null };
  const fields = Object.entries<Check>(FIELDS[verb]);
  if (!fields.every(([name, check]) => check(order[name]))) return { id, verb: null };
  return { id, verb, order };
}

function isVerb(value: unknown): value is AgentVerb {
  return typeof value === 'string' && Object.hasOwn(FIELDS, value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
