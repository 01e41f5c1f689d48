import { quote } from './config-problem.ts';
import type { Field } from './field.ts';
import { isPlainObject } from './plain-object.ts';

const HIDDEN = '***';
const LONGEST_SHOWN = 40;
const SECRET_NAME = /pass|pwd|secret|token|key|auth|cred|dsn/i;
const URL_CREDENTIALS = /\b([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/]*@/gi;
const LONGEST_EXAMINED = 4096;

/** A found value in a few words; what may be a secret is told by its kind only. */
export function showValue(value: unknown, field?: Field): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value))
    return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') return value === null ? 'null' : 'an object';
  if (field !== undefined && isSecret(field)) return `a ${typeof value} that is not shown`;
  return showPrimitive(value);
}

function showPrimitive(value: unknown): string {
  if (typeof value === 'string')
    return quote(maskUrl(value.slice(0, LONGEST_EXAMINED)), LONGEST_SHOWN);
  return typeof value === 'function' ? 'a function' : String(value).slice(0, LONGEST_SHOWN);
}

/** A copy of a value fit to be shown: credentials in URLs and the values of keys that sound secret are replaced. */
export function maskSecrets(value: unknown, field?: Field): unknown {
  if (field?.secret === true && typeof value === 'string' && field.kind === 'text') return HIDDEN;
  if (typeof value === 'string') return maskUrl(value);
  if (Array.isArray(value)) return value.map((item) => maskSecrets(item));
  if (!isPlainObject(value))
    return typeof value === 'object' && value !== null ? '(object)' : value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      SECRET_NAME.test(key) && !isPlainObject(inner) ? HIDDEN : maskSecrets(inner),
    ]),
  );
}

/** `smtp://user:password@host` becomes `smtp://***@host`. */
function maskUrl(text: string): string {
  return text.replace(URL_CREDENTIALS, `$1${HIDDEN}@`);
}

function isSecret(field: Field): boolean {
  return field.secret === true || (field.kind === 'off' && isSecret(field.on));
}
