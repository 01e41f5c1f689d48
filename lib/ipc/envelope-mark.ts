const FAMILY = '@vigil/';

/** Ends in the version: another version is another mark. */
export const MARK = `${FAMILY}1`;

/** Whether a message on a shared channel is traffic of ours, of whatever version; to hide it from other listeners. */
export function isEnvelope(message: unknown): boolean {
  return Array.isArray(message) && typeof message[0] === 'string' && message[0].startsWith(FAMILY);
}
