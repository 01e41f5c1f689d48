import { FleetSubject } from './fleet/fleet-subject.mjs';
import { JobsSubject } from './jobs/jobs-subject.mjs';
import { SessionSubject } from './session/session-subject.mjs';
import { SpawnerSubject } from './spawner/spawner-subject.mjs';
import { StreamSubject } from './stream/stream-subject.mjs';

export const subjects = {
  session: SessionSubject,
  spawner: SpawnerSubject,
  stream: StreamSubject,
  jobs: JobsSubject,
  fleet: FleetSubject,
};
