import { randomUUID } from 'node:crypto';

/**
 * What a job's letters carry to find it: nobody who knows the job can guess it, and it names the job, so that a
 * gateway that takes over from another knows whose letter it reads.
 *
 * @param jobId - `clientId/id`
 */
export function createCorrelationId(jobId: string): string {
  return `${randomUUID()}.${jobId}`;
}

/** Null for what no gateway has made. */
export function parseCorrelationId(correlationId: string): { clientId: string; id: string } | null {
  const match = /^[\da-f-]{36}\.([\da-f-]{36})\/(.+)$/s.exec(correlationId);
  const [, clientId, id] = match ?? [];
  return clientId === undefined || id === undefined ? null : { clientId, id };
}
