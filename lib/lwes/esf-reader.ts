import { EsfError, type EsfPlace } from './esf-error.ts';
import { readEsfTokens, type EsfToken } from './esf-tokens.ts';
import { MAX_NAME_BYTES } from './lwes-limits.ts';

const NAME = /^[A-Za-z0-9_:.]+$/;

/** The tokens of an event specification, one after the other. */
export class EsfReader {
  readonly #file: string;
  readonly #tokens: readonly EsfToken[];
  #next = 0;

  constructor(text: string, file: string) {
    this.#file = file;
    this.#tokens = readEsfTokens(text, file);
  }

  /** The next token; the last is the end, and stays. */
  get peek(): EsfToken {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw new RangeError('read past the end');
    return token;
  }

  take(): EsfToken {
    const token = this.peek;
    if (token.kind !== 'end') this.#next++;
    return token;
  }

  /** Takes that sign if it comes next. */
  skipSign(sign: string): boolean {
    if (this.peek.kind !== 'sign' || this.peek.text !== sign) return false;
    this.take();
    return true;
  }

  takeSign(sign: string, where: string): EsfToken {
    const token = this.take();
    if (token.kind === 'sign' && token.text === sign) return token;
    return this.fail(`"${sign}" is missing ${where}; there is ${shown(token)}`, token);
  }

  takeName(what: string): string {
    const token = this.take();
    if (token.kind !== 'word' || !NAME.test(token.text)) {
      return this.fail(`${what} is missing; there is ${shown(token)}`, token);
    }
    if (token.text.length > MAX_NAME_BYTES) {
      return this.fail(`a name has at most ${MAX_NAME_BYTES} characters`, token);
    }
    return token.text;
  }

  /** A whole number from 1 up to a limit. */
  takeCount(what: string, most: number): number {
    const token = this.take();
    const value = Number(token.text);
    if (token.kind === 'word' && /^\d+$/.test(token.text) && value >= 1 && value <= most) {
      return value;
    }
    return this.fail(`${what} is a number from 1 to ${most}, not ${shown(token)}`, token);
  }

  fail(problem: string, place: EsfPlace): never {
    throw new EsfError(this.#file, place, problem);
  }
}

const SHOWN_CHARACTERS = 40;

function shown(token: EsfToken): string {
  if (token.kind === 'end') return 'the end of the text';
  return JSON.stringify(token.text.slice(0, SHOWN_CHARACTERS));
}
