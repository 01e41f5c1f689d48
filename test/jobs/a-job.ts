import type { JobDelivery, JobMessage } from '../../lib/jobs/broker.ts';

let number = 0;

/** A job that differs from every other. */
export function createJob(given: Partial<JobMessage> = {}): JobMessage {
  number += 1;
  return {
    id: `client/${number}`,
    name: 'work',
    args: '{}',
    priority: 5,
    deadline: null,
    replyTo: 'nowhere',
    correlationId: `correlation-${number}`,
    publishedAt: 0,
    ...given,
  };
}

/** A delivery that writes down how it was settled. */
export function createDelivery(given: Partial<JobMessage> = {}): {
  delivery: JobDelivery;
  settled: string[];
} {
  const settled: string[] = [];
  const settle = (how: string) => async () => {
    settled.push(how);
  };
  const delivery = {
    job: createJob(given),
    attempt: 1,
    answer: () => Promise.resolve('delivered' as const),
    ack: settle('ack'),
    retry: settle('retry'),
    release: settle('release'),
    reject: settle('reject'),
  };
  return { delivery, settled };
}
