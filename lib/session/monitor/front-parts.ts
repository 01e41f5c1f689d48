import type { Clock } from '../../util/clock.ts';
import { createDashboardPart } from './dashboard-part.ts';
import type { FrontPart } from './http-front.ts';
import { openMeasurements } from './measurements.ts';
import type { OperatedSession } from './operated-session.ts';

/** What is served over TCP beside the control API. @lazy */
export function createFrontParts(session: OperatedSession, clock: Clock): FrontPart[] {
  const measurements = openMeasurements(session, clock);
  return [measurements, createDashboardPart(session, measurements.samples, clock)];
}
