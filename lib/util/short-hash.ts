const PRIME = 0x100000001b3n;
const BASIS = 0xcbf29ce484222325n;

/**
 * A short name for a long text: 16 hexadecimal digits, by the FNV-1a hash of 64 bits. It tells texts
 * apart that nobody chose in order to deceive it; for anything else there is node:crypto, which takes time to load.
 */
export function hashShortly(text: string): string {
  let hash = BASIS;
  for (const byte of Buffer.from(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
  }
  return hash.toString(16).padStart(16, '0');
}
