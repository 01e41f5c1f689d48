import type { Clock } from '../../util/clock.ts';
import type { FrontPart } from './http-front.ts';
import type { OperatedSession } from './operated-session.ts';

/** What is served over TCP beside the control API. @lazy */
export function createFrontParts(_session: OperatedSession, _clock: Clock): FrontPart[] {
  return [];
}
