const LONGEST = 100_000;

/** The same mask, which never throws, for texts of bounded length: what cannot be masked is not told, and too much of it neither. */
export function createSafeMask(mask: (text: string) => string): (text: string) => string {
  return (text) => {
    try {
      const masked = mask(text);
      return masked.length <= LONGEST ? masked : `${masked.slice(0, LONGEST)}… [cut]`;
    } catch {
      return '[text withheld: it could not be masked]';
    }
  };
}
