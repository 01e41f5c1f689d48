import {
  type DeadLetter,
  type DeathReason,
  DEFAULT_PRIORITY,
  type JobMessage,
  type Letter,
  type News,
} from '../broker.ts';
import type { AsyncMessage, Envelope } from './rabbitmq-adapter.ts';

/** What was received, by whatever way. */
export type Received = Pick<
  AsyncMessage,
  | 'body'
  | 'headers'
  | 'messageId'
  | 'correlationId'
  | 'replyTo'
  | 'priority'
  | 'type'
  | 'timestamp'
  | 'routingKey'
>;

const JSON_TEXT = { contentType: 'application/json', contentEncoding: 'utf-8' };

/** The properties of a job. @param failures - deliveries that failed before this message was made */
export function jobEnvelope(job: JobMessage, failures: number, nowMs: number): Envelope {
  const { id, name, correlationId, replyTo, priority, deadline, publishedAt } = job;
  const slash = id.indexOf('/');
  return {
    ...JSON_TEXT,
    durable: true,
    messageId: id,
    correlationId,
    replyTo,
    // As it is known to AMQP: 0 to 9. What orders jobs is the queue they are in.
    priority: priority - 1,
    ...(deadline !== null && { expiration: String(Math.max(0, deadline - nowMs)) }),
    headers: {
      name,
      clientId: id.slice(0, Math.max(slash, 0)),
      jobId: id,
      priority,
      publishedAt: String(publishedAt),
      ...(deadline !== null && { deadline: String(deadline) }),
      ...(failures > 0 && { failures }),
    },
  };
}

/** Null for what is no job of ours. */
export function parseJob(message: Received): { job: JobMessage; failures: number } | null {
  const headers = headersOf(message);
  const { messageId: id, correlationId, replyTo } = message;
  const name = headers['name'];
  if (id === undefined || correlationId === undefined || typeof name !== 'string') return null;
  const job: JobMessage = {
    id,
    name,
    args: textOf(message.body),
    priority: numberOf(headers['priority']) ?? DEFAULT_PRIORITY,
    deadline: numberOf(headers['deadline']),
    replyTo: replyTo ?? '',
    correlationId,
    publishedAt: numberOf(headers['publishedAt']) ?? 0,
  };
  const counted = numberOf(headers['x-delivery-count']) ?? 0;
  return { job, failures: (numberOf(headers['failures']) ?? 0) + counted };
}

export function letterEnvelope(letter: Letter | News): Envelope {
  const { kind, correlationId } = letter;
  return { ...JSON_TEXT, durable: true, type: kind, correlationId };
}

/** Whatever a foreign worker sends is a result. */
export function parseLetter(message: Received): Letter {
  const { type, correlationId = '' } = message;
  const kind = type === 'death' || type === 'note' ? type : 'result';
  return { kind, correlationId, body: textOf(message.body) };
}

/** One message for all of them. */
export function writeNews(news: readonly News[]): { envelope: Envelope; body: string } {
  const [first, ...others] = news;
  if (first !== undefined && others.length === 0)
    return { envelope: { ...letterEnvelope(first), durable: false }, body: first.body };
  return { envelope: { ...JSON_TEXT, type: NEWS }, body: JSON.stringify(news) };
}

/** Empty for what is no news. */
export function parseNews(message: Received): readonly News[] {
  const { type, correlationId } = message;
  const body = textOf(message.body);
  if (type === NEWS) return parseMany(body).filter(isNews);
  const one = { kind: type, correlationId, body };
  return isNews(one) ? [one] : [];
}

const NEWS = 'news';

function parseMany(text: string): readonly unknown[] {
  try {
    const news: unknown = JSON.parse(text);
    return Array.isArray(news) ? news : [];
  } catch {
    return [];
  }
}

function isNews(value: unknown): value is News {
  const { kind, correlationId, body } = (value ?? {}) as Partial<Record<keyof News, unknown>>;
  const isKind = kind === 'started' || kind === 'progress';
  return isKind && typeof correlationId === 'string' && typeof body === 'string';
}

/** The properties of a job that was given up, on its way to the dead letters. */
export function deadEnvelope(letter: DeadLetter, nowMs: number): Envelope {
  const envelope = jobEnvelope({ ...letter.job, deadline: null }, 0, nowMs);
  const { deadline } = letter.job;
  const headers = {
    ...envelope.headers,
    ...(deadline !== null && { deadline: String(deadline) }),
    reason: JSON.stringify(letter.reason),
    attempts: letter.attempts,
    diedAt: String(letter.diedAt),
  };
  return { ...envelope, headers };
}

/** A dead letter, whether a worker made it so or the server. Null for what is no job of ours. */
export function parseDead(message: Received, maxDeliveries: number): DeadLetter | null {
  const found = parseJob(message);
  if (found === null) return null;
  const headers = headersOf(message);
  const told = reasonOf(headers['reason']);
  const cause = causeOf(headers['x-death']);
  const reason = told ?? (Object.hasOwn(SERVER_REASONS, cause) ? SERVER_REASONS[cause] : undefined);
  const failed = cause === 'delivery_limit' ? maxDeliveries : null;
  return {
    job: found.job,
    reason: reason ?? { code: 'rejected', message: cause },
    attempts: numberOf(headers['attempts']) ?? failed ?? 0,
    diedAt: numberOf(headers['diedAt']) ?? diedAtOf(headers['x-death']),
  };
}

const SERVER_REASONS: Readonly<Record<string, DeathReason>> = {
  expired: { code: 'expired', message: 'its deadline passed before it was run' },
  rejected: { code: 'rejected', message: 'a worker rejected it' },
  delivery_limit: {
    code: 'worker_lost',
    message: 'as many workers as may be were lost, or gave up, while they had it',
  },
};

function textOf(body: unknown): string {
  if (Buffer.isBuffer(body)) return body.toString('utf8');
  return typeof body === 'string' ? body : JSON.stringify(body ?? null);
}

function headersOf(message: Received): Record<string, unknown> {
  return message.headers ?? {};
}

function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : NaN;
  return Number.isFinite(number) ? number : null;
}

function reasonOf(text: unknown): DeathReason | null {
  if (typeof text !== 'string') return null;
  try {
    const reason = JSON.parse(text) as Partial<DeathReason> | null;
    return typeof reason?.code === 'string' ? (reason as DeathReason) : null;
  } catch {
    return null;
  }
}

// The latest comes first: a job that a lease has brought back has died before.
function causeOf(deaths: unknown): string {
  const [latest] = Array.isArray(deaths) ? (deaths as unknown[]) : [];
  const cause = (latest as { reason?: unknown } | undefined)?.reason;
  return typeof cause === 'string' ? cause : 'rejected';
}

function diedAtOf(deaths: unknown): number {
  const [first] = Array.isArray(deaths) ? (deaths as unknown[]) : [];
  const time = (first as { time?: unknown } | undefined)?.time;
  return (numberOf(time) ?? 0) * 1000;
}
