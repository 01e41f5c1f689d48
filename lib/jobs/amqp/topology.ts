import { type BrokerSettings, DEFAULT_PRIORITY, type JobMessage } from '../broker.ts';

/** Names on the server. Foreign workers rely on those that begin with `vigil.jobs`. */
export const JOBS_EXCHANGE = 'vigil.jobs';
export const DEAD_EXCHANGE = 'vigil.dead';
/** What every process hears: jobs that are called off, and queues that are new. */
export const CALLS_EXCHANGE = 'vigil.calls';
/** Dead letters, until somebody replays or removes them. */
export const DEAD_QUEUE = 'vigil.jobs.dead';
/** The same deaths once more, until their gateways have been told. */
export const DEATHS_QUEUE = 'vigil.deaths';

const REPLIES = 'vigil.replies.';

/** The queue of jobs of a name at a priority; that of the default one is for foreign workers too. */
export function jobQueue(name: string, priority: number): string {
  return priority === DEFAULT_PRIORITY
    ? `${JOBS_EXCHANGE}.${name}`
    : `vigil.priority.${String(priority)}.${name}`;
}

/** Counts who consumes a name: those who take jobs one by one are consumers of its queue only now and then. */
export function presenceQueue(name: string): string {
  return `vigil.presence.${name}`;
}

export function repliesQueue(id: string): string {
  return `${REPLIES}${id}`;
}

/** Null for the address of a foreign mailbox. */
export function newsQueueOf(address: string): string | null {
  return address.startsWith(REPLIES) ? `vigil.news.${address.slice(REPLIES.length)}` : null;
}

export interface QueueDeclaration {
  readonly queue: string;
  readonly durable: boolean;
  readonly autoDelete?: boolean;
  readonly exclusive?: boolean;
  readonly arguments: Record<string, unknown>;
}

export function declareJobs(
  name: string,
  priority: number,
  settings: BrokerSettings,
): QueueDeclaration {
  return quorum(jobQueue(name, priority), {
    // The server counts what has failed before.
    'x-delivery-limit': Math.max(settings.maxDeliveries - 1, 0),
    'x-dead-letter-exchange': DEAD_EXCHANGE,
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
    // Known from RabbitMQ 3.12 on; before it the server's own setting holds.
    'x-consumer-timeout': LONGEST_JOB_MS,
  });
}

export function declareReplies(id: string, settings: BrokerSettings): QueueDeclaration {
  return quorum(repliesQueue(id), {
    'x-single-active-consumer': true,
    'x-expires': settings.mailboxTtlMs,
    'x-consumer-timeout': LONGEST_JOB_MS,
  });
}

/** Away as soon as nobody reads it, or its node is gone: a durable one could not be declared again on another node. */
export function declareFleeting(queue: string): QueueDeclaration {
  return { queue, durable: false, autoDelete: true, arguments: {} };
}

export function declareDead(settings: BrokerSettings): QueueDeclaration {
  return quorum(DEAD_QUEUE, { 'x-max-length': settings.maxDead });
}

export function declareDeaths(settings: BrokerSettings): QueueDeclaration {
  return quorum(DEATHS_QUEUE, { 'x-message-ttl': settings.mailboxTtlMs });
}

/** For one job that takes long: what is in it goes back to the queue of the job unless it is taken away before. */
export function declareLease(
  id: string,
  { name, priority }: Pick<JobMessage, 'name' | 'priority'>,
  leaseMs: number,
): QueueDeclaration {
  return quorum(`vigil.leases.${id}`, {
    'x-message-ttl': leaseMs,
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': jobQueue(name, priority),
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
    // The empty queue of a worker that died; long enough that what is in it was put back whatever is down meanwhile.
    'x-expires': leaseMs + LEFT_BEHIND_MS,
  });
}

const LEFT_BEHIND_MS = 24 * 3_600_000;
/** From RabbitMQ 4 on what was read and put back 20 times is thrown away unless another number is given. */
const NO_LIMIT = 1_000_000_000;
const LONGEST_JOB_MS = 7 * 24 * 3_600_000;

function quorum(queue: string, more: Record<string, unknown>): QueueDeclaration {
  const common = { 'x-queue-type': 'quorum', 'x-delivery-limit': NO_LIMIT };
  return { queue, durable: true, arguments: { ...common, ...more } };
}
