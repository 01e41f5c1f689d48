import { readPath } from '../http/request-target.ts';

/** What a request for a session is about: which, and what is asked of it. */
export interface SessionTarget {
  readonly name: string;
  /** Path and query, as the session itself is asked. */
  readonly target: string;
}

/** Null when it is not about a session. The target is a plain one. */
export function parseSessionTarget(target: string): SessionTarget | null {
  const [, encoded = '', rest] = /^\/session\/([^/?]+)(\/.*)$/.exec(target) ?? [];
  if (rest === undefined) return null;
  try {
    return { name: decodeURIComponent(encoded), target: rest };
  } catch {
    return null;
  }
}

/** Whether a path is that of the live feed of some session. */
export function isLivePath(path: string): boolean {
  return readPath(parseSessionTarget(path)?.target ?? '') === '/live';
}

/** Whether a path is that of the page of some session, to which the page's own addresses are relative. */
export function isSessionPage(path: string): boolean {
  return parseSessionTarget(path)?.target === '/';
}
