import { defineNotice, defineRequest, type RequestDescriptor } from '../../ipc/descriptor.ts';
import type {
  BrokerState,
  DeadLetter,
  DeathReason,
  JobMessage,
  Letter,
  News,
  QueueCounts,
} from '../broker.ts';

/** What a worker process and the process that has the broker say to one another. Numbers are the worker's own. */

export interface ConsumeRequest {
  readonly consumer: number;
  readonly names: readonly string[];
  readonly prefetch: number;
}

export type Settlement =
  | { readonly how: 'ack' | 'retry' | 'release' }
  | { readonly how: 'reject'; readonly reason: DeathReason };

export interface SettleRequest {
  /** The number in the JobNotice. */
  readonly delivery: number;
  readonly settlement: Settlement;
}

export interface AnswerRequest {
  /** The number in the JobNotice. */
  readonly delivery: number;
  readonly body: string;
}

export interface DeadRequest {
  readonly verb: 'list' | 'find' | 'replay' | 'remove';
  readonly jobId: string;
  readonly limit: number | null;
}

export type DeadAnswer = readonly DeadLetter[] | DeadLetter | boolean | null;

export interface JobNotice {
  readonly consumer: number;
  readonly delivery: number;
  readonly job: JobMessage;
  readonly attempt: number;
}

export interface MailNotice {
  readonly mailbox: number;
  readonly mail: number;
  readonly letter: Letter;
  readonly redelivered: boolean;
}

interface MailboxEnd {
  readonly mailbox: number;
  readonly remove: boolean;
}

/** Sends a request to the process that has the broker. */
export type AskBroker = <Args, Result>(
  request: RequestDescriptor<Args, Result>,
  args: Args,
) => Promise<Result>;

export const HELLO = defineRequest<undefined, BrokerState>('jobs:hello');
export const PUBLISH = defineRequest<JobMessage, 'queued' | 'unroutable'>('jobs:publish');
export const CONSUME = defineRequest<ConsumeRequest>('jobs:consume');
export const STOP = defineRequest<{ readonly consumer: number }>('jobs:stop');
export const SETTLE = defineRequest<SettleRequest>('jobs:settle');
export const ANSWER = defineRequest<AnswerRequest, 'delivered' | 'gone'>('jobs:answer');
export const CANCEL = defineRequest<{ readonly jobId: string }, 'removed' | 'told'>('jobs:cancel');
export const OPEN_MAILBOX = defineRequest<
  { readonly mailbox: number; readonly id: string },
  string
>('jobs:open-mailbox');
export const CLOSE_MAILBOX = defineRequest<MailboxEnd>('jobs:close-mailbox');
export const POST = defineRequest<
  { readonly address: string; readonly letter: Letter },
  'delivered' | 'gone'
>('jobs:post');
export const COUNTS = defineRequest<readonly string[], readonly QueueCounts[]>('jobs:counts');
export const DEAD = defineRequest<DeadRequest, DeadAnswer>('jobs:dead');

export const TELL = defineNotice<{ readonly address: string; readonly news: News }>('jobs:tell');
export const SETTLE_MAIL = defineNotice<{ readonly mailbox: number; readonly mail: number }>(
  'jobs:settle-mail',
);

export const JOB = defineNotice<JobNotice>('jobs:job');
export const LOST = defineNotice<{ readonly consumer: number; readonly delivery: number }>(
  'jobs:lost',
);
export const MAIL = defineNotice<MailNotice>('jobs:mail');
export const NEWS = defineNotice<{ readonly mailbox: number; readonly news: News }>('jobs:news');
export const CALLED_OFF = defineNotice<{ readonly jobId: string }>('jobs:called-off');
export const STATE = defineNotice<{ readonly state: BrokerState }>('jobs:state');
