/** Whom a report of liveliness is about, as the path says. */
export interface LivelinessTarget {
  readonly id: string;
  /** Null: the path has none. */
  readonly secret: string | null;
}

const KEY_LENGTH = 36;

/**
 * Reads what a server has joined to the address it was given: `SECRET/ID`, or without the slash, or with two, or the id alone.
 *
 * @param rest - what stands behind `/liveliness` or `/api/spawns`
 */
export function parseLivelinessTarget(rest: string): LivelinessTarget {
  const text = rest.replace(/^\/+/, '');
  const behind = text.slice(KEY_LENGTH).replace(/^\/+/, '');
  return behind === ''
    ? { id: text, secret: null }
    : { id: behind, secret: text.slice(0, KEY_LENGTH) };
}
