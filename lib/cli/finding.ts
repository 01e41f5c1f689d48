/** One thing that was looked at. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail';
  readonly what: string;
  readonly text: string;
  /** What to do about it; absent when there is nothing to do. */
  readonly todo?: string;
}

/** Something that is not as it should be. */
export function createTrouble(
  level: 'warn' | 'fail',
  what: string,
  [text, todo]: readonly [text: string, todo: string],
): Finding {
  return { level, what, text, todo };
}
