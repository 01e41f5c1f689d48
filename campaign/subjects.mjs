import { JobsSubject } from './jobs/jobs-subject.mjs';
import { SessionSubject } from './session/session-subject.mjs';

export const subjects = { session: SessionSubject, jobs: JobsSubject };
