import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** A password as it may stand in a file: `scrypt$N$r$p$salt$hash`, salt and hash in base64url. */
interface StoredPassword {
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelization: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

const PREFIX = 'scrypt$';
const FORM = /^scrypt\$(\d{1,8})\$(\d{1,2})\$(\d{1,2})\$([\w-]{8,256})\$([\w-]{22,256})$/;
const COST = 16_384;
const BLOCK_SIZE = 8;
const PARALLELIZATION = 5;
const MOST_MEMORY = 256 * 1024 * 1024;

/** Whether a text of a file means a hash rather than the password itself. */
export function isHashed(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** Whether a hash can be used; those that would take too much memory cannot. */
export function isUsableHash(text: string): boolean {
  return parseHash(text) !== null;
}

/** How a password is kept in a file. Clients of the older kind know its MD5 alone, so that is what is hashed. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(md5Of(password), {
    cost: COST,
    blockSize: BLOCK_SIZE,
    parallelization: PARALLELIZATION,
    salt,
    hash: Buffer.alloc(32),
  });
  const numbers = [COST, BLOCK_SIZE, PARALLELIZATION].map(String).join('$');
  return `${PREFIX}${numbers}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

/**
 * Whether what a client has sent is the password that is kept, plain or hashed.
 *
 * @param claim.md5 - whether `password` is the MD5 of what was typed, in hexadecimal
 */
export async function matchesPassword(
  stored: string,
  claim: { readonly password: string; readonly md5: boolean },
): Promise<boolean> {
  const digest = claim.md5 ? claim.password.toLowerCase() : md5Of(claim.password);
  if (!isHashed(stored)) return isSame(md5Of(stored), digest) && stored !== '';
  const parsed = parseHash(stored);
  if (parsed === null) return false;
  return timingSafeEqual(await derive(digest, parsed), parsed.hash);
}

/** Compares in a time that tells nothing of either. */
export function isSame(one: string, other: string): boolean {
  const [left, right] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}

function md5Of(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

function parseHash(text: string): StoredPassword | null {
  const [, cost, blockSize, parallelization, salt = '', hash = ''] = FORM.exec(text) ?? [];
  const parsed = {
    cost: Number(cost),
    blockSize: Number(blockSize),
    parallelization: Number(parallelization),
    salt: Buffer.from(salt, 'base64url'),
    hash: Buffer.from(hash, 'base64url'),
  };
  const isPower = parsed.cost > 1 && Number.isInteger(Math.log2(parsed.cost));
  const fits = 128 * parsed.cost * parsed.blockSize <= MOST_MEMORY / 2;
  return isPower && fits && parsed.blockSize > 0 && parsed.parallelization > 0 ? parsed : null;
}

function derive(digest: string, stored: StoredPassword): Promise<Buffer> {
  const { cost, blockSize, parallelization, salt, hash } = stored;
  const options = { N: cost, r: blockSize, p: parallelization, maxmem: MOST_MEMORY };
  return new Promise((resolve, reject) => {
    scrypt(digest, salt, hash.length, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
