import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../util/clock.ts';
import type { KeyFinding } from './decide-access.ts';
import { WrongKeyLimit } from './wrong-key-limit.ts';

/** Compares keys with the session key in a time that tells nothing of it, and not more often than is allowed. */
export class KeyCheck {
  readonly #digest: Buffer;
  readonly #limit: WrongKeyLimit;

  constructor(sessionKey: string, clock: Clock) {
    this.#digest = digest(Buffer.from(sessionKey));
    this.#limit = new WrongKeyLimit(clock);
  }

  /** @param key - the bytes as they came; null when there was none */
  examine(key: Buffer | null, address: string | undefined): KeyFinding {
    if (key === null) return 'none';
    if (this.#limit.waitMs(address) > 0) return 'unread';
    if (timingSafeEqual(digest(key), this.#digest)) {
      this.#limit.noteRight(address);
      return 'right';
    }
    this.#limit.noteWrong(address);
    return 'wrong';
  }

  /** After how many whole seconds a key of this address is looked at again. */
  retryAfterSeconds(address: string | undefined): number {
    return Math.max(1, Math.ceil(this.#limit.waitMs(address) / 1000));
  }
}

// Of one length, whatever is compared.
function digest(key: Buffer): Buffer {
  return createHash('sha256').update(key).digest();
}
