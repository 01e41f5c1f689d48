const LONGEST_TARGET = 4096;

/**
 * Whether a request's target is a plain path of this server, with or without a query.
 *
 * Everything that two programs could read in two ways is none: whole addresses, empty and dotted parts, encoded
 * slashes, backslashes and control characters.
 *
 * @param isFolder - which paths may end with a stroke, beside `/` itself; default none
 */
export function isPlainTarget(
  target: string | undefined,
  isFolder: (path: string) => boolean = () => false,
): boolean {
  if (target === undefined || target.length > LONGEST_TARGET) return false;
  if (!/^\/[\x21-\x7e]*$/.test(target) || target.includes('#')) return false;
  const path = readPath(target);
  if (/\\|%2f|%5c|%[01]|%7f|%(?![0-9a-f]{2})/i.test(path)) return false;
  const parts = isFolder(path) ? path.replace(/\/$/, '') : path;
  return path === '/' || parts.split('/').slice(1).every(isPlainPart);
}

/** The path of a target, without its query. */
export function readPath(target: string): string {
  return target.split('?', 1)[0] ?? '';
}

function isPlainPart(part: string): boolean {
  const text = part.replace(/%2e/gi, '.');
  return text !== '' && text !== '.' && text !== '..';
}
