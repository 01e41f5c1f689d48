import { isPlainRecord, type PlainRecord, textOf } from './plain-record.ts';

/** Who somebody says to be. */
export type Registration = ClientRegistration | MonitorRegistration;

export interface ClientRegistration {
  readonly kind: 'client';
  readonly id: string;
  readonly username: string;
  /** Null when none was sent. */
  readonly password: string | null;
  /** Whether the password is the hexadecimal MD5 of what the user has typed. */
  readonly md5: boolean;
}

export interface MonitorRegistration {
  readonly kind: 'monitor';
  readonly id: string;
  readonly serverType: string;
  /** Null when none was sent that could be one. */
  readonly pid: number | null;
  /** What the server was started with, as it says. */
  readonly info: PlainRecord;
  readonly token: string | null;
  /** It is one of ours, which beats. */
  readonly vigil: boolean;
}

/** What is answered to a registration. */
export interface RegistrationAnswer {
  /** 1: taken, -1: refused */
  readonly code: 1 | -1;
  readonly msg: string;
  /** In the answer of our own masters only: the version of what we add to the protocol. */
  readonly vigil?: 1;
}

export const REFUSALS = {
  type: 'unknown auth master type',
  username: 'client should auth with username',
  password: 'client auth failed with username or password error',
  token: 'server auth failed,check config `adminServer`.',
  tooOften: 'too many wrong passwords or tokens; wait a minute',
  crowded: 'too many connections',
  shape: 'a registration needs an id of at most 128 printable characters',
} as const;

/** A text that is the same whoever it is written by. */
export function takenId(id: string): string {
  return `id has been registered. id:${id}`;
}

const NAME = /^[^\p{C}\p{Zl}\p{Zp}]{1,128}$/u;
const MOST_SECRET_LENGTH = 1024;

/** Whether a text may be an id, a type or a user: it is shown on terminals and in logs. */
function isSafeName(text: string): boolean {
  return NAME.test(text);
}

/** @returns the text that refuses it, when it is none */
export function parseRegistration(value: unknown): Registration | string {
  if (!isPlainRecord(value)) return REFUSALS.type;
  const type = textOf(value, 'type');
  if (type !== 'client' && type !== 'monitor') return REFUSALS.type;
  const id = textOf(value, 'id');
  if (id === null || !isSafeName(id)) return REFUSALS.shape;
  return type === 'client' ? parseClient(id, value) : parseMonitor(id, value);
}

/** @returns null when it is no answer to a registration */
export function parseRegistrationAnswer(value: unknown): RegistrationAnswer | null {
  if (!isPlainRecord(value)) return null;
  const code = value['code'];
  if (code !== 1 && code !== -1) return null;
  const msg = textOf(value, 'msg') ?? '';
  return value['vigil'] === 1 ? { code, msg, vigil: 1 } : { code, msg };
}

function parseClient(id: string, value: PlainRecord): Registration | string {
  const username = textOf(value, 'username');
  if (username === null || !isSafeName(username)) return REFUSALS.username;
  const md5 = value['md5'] === true || value['md5'] === 'true';
  return { kind: 'client', id, username, password: secretOf(value, 'password'), md5 };
}

function parseMonitor(id: string, value: PlainRecord): Registration | string {
  const serverType = textOf(value, 'serverType');
  if (serverType === null || !isSafeName(serverType)) return REFUSALS.shape;
  const info = value['info'];
  return {
    kind: 'monitor',
    id,
    serverType,
    pid: pidOf(value['pid']),
    info: isPlainRecord(info) ? info : {},
    token: secretOf(value, 'token'),
    vigil: value['vigil'] === 1,
  };
}

/** Some send it as a text. */
function pidOf(value: unknown): number | null {
  const pid = typeof value === 'string' ? Number(value) : value;
  return typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0 ? pid : null;
}

function secretOf(value: PlainRecord, key: string): string | null {
  const text = textOf(value, key);
  return text !== null && text !== '' && text.length <= MOST_SECRET_LENGTH ? text : null;
}
