import type { CrashReport } from './crash-report.ts';
import { listSecretsOf } from './secret-variable.ts';

/** A variable that a server process has set by itself, from a file of its own. */
export interface LoadedSecret {
  readonly name: string;
  readonly value: string;
}

/** Replaces every secret in a text by `[NAME masked]`. */
export type SecretMask = (text: string) => string;

/**
 * Makes a mask for the secrets of an environment: values of 8 characters or more of variables whose name looks like
 * KEY, TOKEN, SECRET, PASS, AUTH or DSN, or whose value is a URL with credentials (then its password as well).
 * Written forms of a value (URL-encoded, escaped in JSON, single lines of a longer value) are masked too, and so is the
 * password of any URL in the text, since a server may have read it from a file of its own.
 *
 * @param named - further secrets by the name to show, such as `{'session key': key}`; 4 characters or more
 * @param loaded - variables that the server has set by itself since its start
 */
export function createSecretMask(
  environment: Readonly<Record<string, string | undefined>>,
  named: Readonly<Record<string, string>> = {},
  loaded: readonly LoadedSecret[] = [],
): SecretMask {
  const secrets = new Map<string, string>();
  const variables = Object.entries(environment).map(([name, value = '']) => ({ name, value }));
  for (const { name, value } of [...variables, ...loaded]) {
    for (const secret of listSecretsOf(name, value))
      addForms(secrets, secret, { name, shortest: SHORTEST_VALUE });
  }
  for (const [name, value] of Object.entries(named))
    addForms(secrets, value, { name, shortest: SHORTEST_NAMED });
  const longestFirst = [...secrets].sort(([a], [b]) => b.length - a.length);
  return (text) => maskUrlPasswords(replaceAll(text, longestFirst));
}

/** The report with every text in it masked, keys included. */
export function maskReport(report: CrashReport, mask: SecretMask): CrashReport {
  return maskDeep(report, mask) as CrashReport;
}

const SHORTEST_VALUE = 8;
const SHORTEST_NAMED = 4;
const SHORTEST_LINE = 16;
const URL_PASSWORD = /(:\/\/[^\s/?#:@"'<>]{0,256}:)[^\s/?#@"'<>]{1,1024}@/g;

interface SecretForm {
  readonly name: string;
  readonly shortest: number;
}

function addForms(secrets: Map<string, string>, value: string, form: SecretForm): void {
  const whole = value.trim();
  const lines = whole.includes('\n') ? whole.split(/\r?\n/).filter(isTelling) : [];
  for (const text of [value, whole, ...lines]) {
    for (const written of [
      text,
      encodeUrl(text),
      decodeUrl(text),
      JSON.stringify(text).slice(1, -1),
    ]) {
      if (written.length >= form.shortest && !secrets.has(written))
        secrets.set(written, `[${form.name} masked]`);
    }
  }
}

// A line of a private key tells something; its frame ("-----BEGIN …") does not.
function isTelling(line: string): boolean {
  return line.length >= SHORTEST_LINE && !line.startsWith('-----');
}

function encodeUrl(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text;
  }
}

function decodeUrl(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

interface Span {
  readonly start: number;
  end: number;
  readonly label: string;
}

// All places are looked for in the original text, so that of two secrets that overlap no rest stays readable.
function replaceAll(text: string, secrets: readonly (readonly [string, string])[]): string {
  const spans: Span[] = [];
  for (const [secret, label] of secrets) {
    for (let at = text.indexOf(secret); at !== -1; at = text.indexOf(secret, at + secret.length)) {
      spans.push({ start: at, end: at + secret.length, label });
    }
  }
  return spans.length === 0 ? text : cutOut(text, mergeSpans(spans));
}

function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (last !== undefined && span.start < last.end) last.end = Math.max(last.end, span.end);
    else merged.push({ ...span });
  }
  return merged;
}

function cutOut(text: string, spans: readonly Span[]): string {
  let result = '';
  let position = 0;
  for (const { start, end, label } of spans) {
    result += text.slice(position, start) + label;
    position = end;
  }
  return result + text.slice(position);
}

function maskUrlPasswords(text: string): string {
  return text.includes('://') ? text.replace(URL_PASSWORD, '$1[password masked]@') : text;
}

/** A plain value with every text in it masked, keys included. */
export function maskDeep(value: unknown, mask: SecretMask): unknown {
  if (typeof value === 'string') return mask(value);
  if (Array.isArray(value)) return value.map((item) => maskDeep(item, mask));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [mask(key), maskDeep(item, mask)]),
  );
}
