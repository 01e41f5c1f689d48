import type { ControlRoute } from '../../http/control-route.ts';
import { createSampleRoutes } from '../../http/sample-routes.ts';
import type { SampleSource } from '../../http/sample-series.ts';
import type { Clock } from '../../util/clock.ts';
import type { OperatedSession } from './operated-session.ts';
import { SampleRecorder, type ServingProcess } from './sample-recorder.ts';

/** What is measured of a session for those who watch it from outside. */
export interface Measurements {
  readonly samples: SampleSource;
  /** `GET /samples`. */
  readonly routes: readonly ControlRoute[];
}

/** Begins to measure. It costs memory: only a session that is watched over HTTP is measured. @lazy */
export function openMeasurements(
  { journal, supervisor }: Pick<OperatedSession, 'journal' | 'supervisor'>,
  clock: Clock,
): Measurements {
  const serving = (): ServingProcess | null => {
    const life = supervisor.server?.life ?? null;
    if (life === null) return null;
    return { generation: life.generation, isStarting: life.readyAt === null };
  };
  const samples = new SampleRecorder({ clock, journal, serving });
  return { samples, routes: createSampleRoutes(samples) };
}
