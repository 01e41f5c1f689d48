import type { ConfigProblem } from '../../config/config-problem.ts';
import { isPlainObject } from '../../config/plain-object.ts';
import { showValue } from '../../config/show-value.ts';
import { type EntryKey, integer } from './entry-keys.ts';
import { type FleetPlace, readFleetFile } from './fleet-file.ts';
import type { AdminUser, TypeToken } from './server-entry.ts';

const TEXT: EntryKey = {
  expected: 'a text that is not empty',
  fits: (value) => typeof value === 'string' && value !== '' && value.length <= 4096,
};
const ID: EntryKey = {
  expected: 'a text or a number',
  fits: (value) => TEXT.fits(value) || Number.isFinite(value),
};

type Keys = Readonly<Record<string, EntryKey>>;
type Tell = (problems: readonly ConfigProblem[]) => void;

const TOKEN_KEYS: Keys = { type: TEXT, token: TEXT };
const USER_KEYS: Keys = { username: TEXT, password: TEXT, level: integer('a level', 1, 2) };
const SECRETS: ReadonlySet<string> = new Set(['token', 'password']);

/** What `config/adminServer.json` says; null when it is not there. */
export function readTokens(place: FleetPlace, tell: Tell): TypeToken[] | null {
  const rows = readRows(place, { name: 'adminServer', keys: TOKEN_KEYS, tell });
  return rows?.map(({ type, token }) => ({ type: String(type), token: String(token) })) ?? null;
}

/** What `config/adminUser.json` says; null when it is not there. */
export function readUsers(place: FleetPlace, tell: Tell): AdminUser[] | null {
  const keys = { ...USER_KEYS, id: ID };
  const rows = readRows(place, { name: 'adminUser', keys, optional: ['id'], tell });
  return (
    rows?.map(({ id, username, password, level }) => ({
      id: String(id ?? username),
      username: String(username),
      password: String(password),
      level: Number(level),
    })) ?? null
  );
}

interface Table {
  readonly name: string;
  readonly keys: Keys;
  readonly optional?: readonly string[];
  readonly tell: Tell;
}

function readRows(place: FleetPlace, table: Table): Record<string, unknown>[] | null {
  const file = readFleetFile(place, table.name, Array.isArray);
  table.tell(file?.problems ?? []);
  const part = file?.part ?? null;
  if (part === null) return null;
  const { value, problem } = part;
  if (!Array.isArray(value)) {
    table.tell([problem([], 'a list', showValue(value))]);
    return null;
  }
  return value.flatMap((row: unknown, index) => {
    if (!isPlainObject(row)) {
      table.tell([problem([index], 'an object', showValue(row))]);
      return [];
    }
    const wrong = misfits(row, table);
    table.tell(
      wrong.map((key) =>
        problem([index, key], table.keys[key]?.expected ?? '', showOf(key, row[key])),
      ),
    );
    return wrong.length === 0 ? [row] : [];
  });
}

function misfits(row: Record<string, unknown>, { keys, optional = [] }: Table): string[] {
  return Object.keys(keys).filter((key) => {
    if (row[key] === undefined) return !optional.includes(key);
    return keys[key]?.fits(row[key]) !== true;
  });
}

function showOf(key: string, value: unknown): string {
  return SECRETS.has(key) && value !== undefined
    ? `a ${typeof value} that is not shown`
    : showValue(value);
}
