import { nearestName } from '../../config/nearest-name.ts';
import { VigilError } from '../../errors.ts';

/** What happens to a simulated server. */
export type Misfortune =
  | { readonly kind: 'crash' | 'hang' | 'health' | 'start-failed' | 'start-timeout' }
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'ok'; readonly ms: number };

const PLAIN = ['crash', 'hang', 'health', 'start-failed', 'start-timeout'] as const;
const WORDS = [...PLAIN, 'exit:N', 'ok:SECONDS'];

const MOST_WORDS = 1000;
const LONGEST_SECONDS = 30 * 24 * 3600;

/**
 * Reads a script such as `crash*3,20s,hang,ok:60`.
 *
 * @throws ERR_USAGE
 */
export function parseScript(text: string): readonly Misfortune[] {
  const script: Misfortune[] = [];
  for (const item of text.split(',').map((part) => part.trim())) {
    const [, word = item, times = '1'] = /^(.*?)\s*\*\s*(\d{1,9})$/s.exec(item) ?? [];
    const misfortune = parseWord(word);
    if (Number(times) === 0) throw usage(`"${item}": a word happens at least once`);
    if (script.length + Number(times) > MOST_WORDS) {
      throw usage(`a script is at most ${String(MOST_WORDS)} words long, repetitions counted`);
    }
    for (let n = 0; n < Number(times); n += 1) script.push(misfortune);
  }
  checkWhole(script);
  return script;
}

export function isStartFailure({ kind }: Misfortune): boolean {
  return kind === 'start-failed' || kind === 'start-timeout';
}

/** A misfortune as it is written in a script. */
export function formatMisfortune(misfortune: Misfortune): string {
  if (misfortune.kind === 'exit') return `exit:${String(misfortune.code)}`;
  if (misfortune.kind === 'ok') return `ok:${String(misfortune.ms / 1000)}`;
  return misfortune.kind;
}

function parseWord(word: string): Misfortune {
  const plain = PLAIN.find((name) => name === word);
  if (plain !== undefined) return { kind: plain };
  const [name = '', value] = word.split(/:(.*)/s);
  if (name === 'exit') return { kind: 'exit', code: parseExitCode(word, value) };
  if (name === 'ok') return { kind: 'ok', ms: parseSeconds(word, value ?? '') };
  const short = /^([\d.]+)\s*s$/.exec(word)?.[1];
  if (short !== undefined) return { kind: 'ok', ms: parseSeconds(word, short) };
  throw createUnknown(word);
}

function parseExitCode(word: string, text = ''): number {
  if (/^\d{1,3}$/.test(text) && Number(text) < 256) return Number(text);
  throw usage(`${quote(word)}: an exit code is a whole number from 0 to 255, as in exit:3`);
}

function parseSeconds(word: string, text: string): number {
  const seconds = /^\d+(\.\d+)?$|^\.\d+$/.test(text) ? Number(text) : NaN;
  if (seconds <= LONGEST_SECONDS) return Math.round(seconds * 1000);
  throw usage(
    `${quote(word)}: a time is in seconds, as in ok:60 or 20s, and ${String(LONGEST_SECONDS)} at most`,
  );
}

function checkWhole(script: readonly Misfortune[]): void {
  const stray = script.findIndex(
    (misfortune, index) => isStartFailure(misfortune) && script[index - 1]?.kind === 'ok',
  );
  const strayed = script[stray];
  if (strayed !== undefined) {
    throw usage(
      `"${strayed.kind}" cannot follow "${formatMisfortune(script[stray - 1] ?? strayed)}": ` +
        'a server that runs well is not being started',
    );
  }
  const ms = script.reduce((sum, word) => sum + (word.kind === 'ok' ? word.ms : 0), 0);
  if (ms > LONGEST_SECONDS * 1000) throw usage('a script is at most 30 days long');
}

function createUnknown(word: string): VigilError {
  const [name = ''] = word.split(':');
  const near = nearestName(name, ['exit', 'ok', ...PLAIN]);
  const whole = WORDS.find((known) => known.split(':')[0] === near);
  const hint = whole === undefined ? `known are ${WORDS.join(', ')}` : `did you mean "${whole}"?`;
  return usage(`a script has no word ${quote(word)}: ${hint}`);
}

function quote(word: string): string {
  return JSON.stringify(word.length > 40 ? `${word.slice(0, 40)}…` : word);
}

function usage(message: string): VigilError {
  return new VigilError('ERR_USAGE', message);
}
