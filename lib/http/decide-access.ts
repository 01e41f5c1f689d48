import type { RouteAccess } from './control-route.ts';

/** What is known of a request when it is decided whether it is answered. */
export interface AccessFacts {
  readonly access: RouteAccess;
  /** What only reads is open to everybody who reaches the port. */
  readonly isReadOnly: boolean;
  /** `unread`: a key came, and was not compared, since too many wrong ones have come before it. */
  readonly key: KeyFinding;
  /** A browser sent it for a page of somebody else. */
  readonly isCrossSite: boolean;
}

export type KeyFinding = 'none' | 'right' | 'wrong' | 'unread';

export type AccessDecision = 'admitted' | 'crossSite' | 'keyNeeded' | 'keyWrong' | 'tooManyWrong';

const OF_KEY = { right: 'admitted', wrong: 'keyWrong', unread: 'tooManyWrong' } as const;

/** Whether a request over TCP is answered. A key that came decides, even where none is needed. */
export function decideAccess({
  access,
  isReadOnly,
  key,
  isCrossSite,
}: AccessFacts): AccessDecision {
  if (access === 'open') return 'admitted';
  if (access === 'act' && isCrossSite) return 'crossSite';
  if (key !== 'none') return OF_KEY[key];
  return access === 'read' && isReadOnly ? 'admitted' : 'keyNeeded';
}
