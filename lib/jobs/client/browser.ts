export { JobClient } from './job-client.ts';
export { JobError } from './job-error.ts';
