import type { Clock } from '../../util/clock.ts';
import type { Broker, Mail, News } from '../broker.ts';
import type { ClientLine } from './client-line.ts';
import type { JobRequest } from './client-message.ts';
import { createCorrelationId, parseCorrelationId } from './correlation.ts';
import { decideAdmission } from './decide-admission.ts';
import type { FairWindow } from './fair-window.ts';
import { type GatewayJob, hasEnded, type JobOutcome } from './gateway-job.ts';
import type { OpenJob } from './gateway-note.ts';
import type { HeldNote } from './held-note.ts';
import { type JobDriver, jobIdOf, type Refusal } from './job-driver.ts';
import { fail, readLetter } from './job-outcome.ts';
import type { JobRoster } from './job-roster.ts';
import type { NoteBook } from './note-book.ts';
import type { SessionStore } from './session-store.ts';

export interface JobKeeperPorts {
  readonly broker: Broker;
  readonly clock: Clock;
  readonly sessions: SessionStore<ClientLine>;
  readonly jobs: JobRoster;
  readonly driver: JobDriver;
  readonly window: FairWindow<string>;
  readonly notes: NoteBook;
  /** Where what comes of jobs is sent; null while the gateway has no mailbox. */
  readonly address: () => string | null;
  readonly isClosing: () => boolean;
  readonly maxJobsPerClient: number;
}

const RUNNING_CODES: ReadonlySet<string> = new Set(['cancelling', 'withdrawing', 'stopping']);

/** Takes the jobs of clients to the broker, and what comes of them back to the client. */
export class JobKeeper {
  readonly #ports: JobKeeperPorts;
  readonly #driver: JobDriver;
  #lastNews: { readonly body: string; readonly value: unknown } = { body: '', value: undefined };

  constructor(ports: JobKeeperPorts) {
    this.#ports = ports;
    this.#driver = ports.driver;
  }

  /** A client sends a job. */
  submit(clientId: string, line: ClientLine, request: JobRequest): void {
    const code = this.#admit(clientId, line, request.id);
    if (code !== null) {
      this.#driver.refuse(line, request.id, code);
      return;
    }
    const { id, name, args, priority, timeoutMs } = request;
    const now = this.#ports.clock.wallTime();
    const correlationId = createCorrelationId(`${clientId}/${id}`);
    const deadline = timeoutMs === null ? null : now + timeoutMs;
    const about = { clientId, id, name, correlationId, deadline, state: 'publishing' as const };
    const job = this.#driver.begin(about);
    this.#driver.hop(job, 'client', `priority ${String(priority)}`);
    job.published = this.#ports.window.run(clientId, line.weight, () =>
      this.#publish(job, { args, priority, publishedAt: now }),
    );
  }

  /** A client wants a job no more. False: there is none of that id that has not ended. */
  cancel(clientId: string, id: string): boolean {
    const job = this.#ports.jobs.findOf(clientId, id);
    if (job === undefined || hasEnded(job)) return false;
    this.#driver.hop(job, 'client', 'cancel');
    this.#driver.signal(job, 'cancelAsked');
    return true;
  }

  /** A client has the end of a job. A client that has ended with a job of which nothing is known any more says so too. */
  acknowledge(clientId: string, id: string): void {
    const job = this.#ports.jobs.findOf(clientId, id);
    if (job !== undefined) this.#driver.hop(job, 'client', 'acknowledged');
    this.#ports.sessions.acknowledge(clientId, id);
  }

  /** Takes up a job that began at another gateway. */
  adopt(found: OpenJob, note: HeldNote | null): GatewayJob | null {
    const { jobs, sessions } = this.#ports;
    const parts = parseCorrelationId(found.c);
    if (parts === null || jobs.find(found.c) !== undefined || jobs.isOver(found.c)) {
      note?.release();
      return null;
    }
    const job = this.#driver.begin({
      ...parts,
      ...{ name: found.name, correlationId: found.c, deadline: found.deadline },
      state: (found.attempt ?? 0) > 0 ? 'running' : 'queued',
    });
    job.attempt = found.attempt ?? 0;
    job.note = note;
    this.#driver.hop(job, 'gateway', 'taken over from another gateway');
    if (sessions.sessionOf(parts.clientId) === null) this.#driver.release(job);
    return job;
  }

  /** A letter of a job that is here. False: it is not. */
  hearMail(mail: Mail): boolean {
    const job = this.#ports.jobs.find(mail.correlationId);
    if (job === undefined) return false;
    job.mails.push(mail);
    if (hasEnded(job)) return true;
    const { signal, outcome } = readLetter(mail);
    const isCancelled = !outcome.ok && outcome.error.code === 'cancelled';
    const isAsked = RUNNING_CODES.has(job.state) || mail.redelivered;
    this.#driver.hop(job, mail.kind === 'death' ? 'broker' : 'worker', describeOutcome(outcome));
    this.#driver.signal(job, isCancelled && isAsked ? 'workerCancelled' : signal, outcome);
    return true;
  }

  /** News of a job that is here. False: it is not. */
  hearNews(news: News): boolean {
    const job = this.#ports.jobs.find(news.correlationId);
    if (job === undefined || hasEnded(job)) return job !== undefined;
    const value = this.#parseNews(news.body);
    if (value === undefined) return true;
    const line = this.#ports.sessions.connectionOf(job.clientId);
    if (news.kind === 'progress') {
      line?.say({ type: 'progress', id: job.id, value }, `p:${job.id}`);
      return true;
    }
    const { worker, attempt } = (value ?? {}) as { worker?: unknown; attempt?: unknown };
    job.attempt = typeof attempt === 'number' ? attempt : job.attempt + 1;
    job.history.attempts = job.attempt;
    this.#driver.hop(job, 'worker', `started by ${String(worker)}, attempt ${String(job.attempt)}`);
    this.#driver.signal(job, 'started');
    line?.say({ type: 'started', id: job.id, worker, attempt: job.attempt }, `s:${job.id}`);
    return true;
  }

  /** A job that waits for workers that are not there. */
  async failLonely(job: GatewayJob, waitedMs: number): Promise<void> {
    await this.#ports.broker.cancel(jobIdOf(job));
    const seconds = String(Math.round(waitedMs / 100) / 10);
    const message = `no worker has consumed jobs of the name "${job.name}" for ${seconds} s`;
    if (job.state === 'queued') this.#driver.signal(job, 'failed', fail('no_workers', message));
  }

  #admit(clientId: string, line: ClientLine, id: string): Refusal | null {
    const { broker, sessions, maxJobsPerClient, address, isClosing } = this.#ports;
    if (isClosing()) return ['broker_unavailable', 'the gateway is ending'];
    if (broker.state !== 'up' || address() === null)
      return [
        'broker_unavailable',
        `the broker is ${broker.state === 'blocked' ? 'full' : 'away'}`,
      ];
    const job = this.#ports.jobs.findOf(clientId, id);
    // Who uses an id again has seen its end.
    if (job !== undefined && hasEnded(job) && !line.isWaiting(`r:${id}`))
      sessions.acknowledge(clientId, id);
    const load = sessions.loadOf(clientId, id) ?? { hasId: false, open: 0, kept: 0 };
    const code = decideAdmission({ ...load, maxJobs: maxJobsPerClient });
    return code === null ? null : [code, REFUSALS[code]];
  }

  async #publish(
    job: GatewayJob,
    rest: { readonly args: string; readonly priority: number; readonly publishedAt: number },
  ): Promise<void> {
    const { broker, notes, address } = this.#ports;
    const replyTo = address();
    if (broker.state !== 'up' || replyTo === null) {
      this.#driver.signal(job, 'refused', fail('broker_unavailable', 'the broker is away'));
      return;
    }
    const { name, deadline, correlationId } = job;
    const written = notes.begin({ c: correlationId, name, deadline });
    const { args, priority, publishedAt } = rest;
    const id = jobIdOf(job);
    try {
      const message = { id, name, args, priority, deadline, replyTo, correlationId, publishedAt };
      const answer = await broker.publish(message);
      job.note = await written;
      if (answer === 'queued') this.#confirm(job);
      else
        this.#driver.signal(
          job,
          'refused',
          fail('unroutable', `nobody runs jobs of the name "${name}"`),
        );
    } catch (error) {
      job.note = await written;
      const reason = error instanceof Error ? error.message : String(error);
      this.#driver.signal(job, 'refused', fail('broker_unavailable', reason));
    }
    // Its end was acknowledged before its note was kept.
    if (this.#ports.jobs.find(correlationId) !== job && job.note !== null && !job.isMoved) {
      notes.end(correlationId, job.note);
      job.note = null;
    }
  }

  /** Beginnings of the same worker are told of in the same words, one after the other. */
  #parseNews(body: string): unknown {
    if (body !== this.#lastNews.body) this.#lastNews = { body, value: parseJson(body) };
    return this.#lastNews.value;
  }

  #confirm(job: GatewayJob): void {
    this.#driver.hop(job, 'broker', 'kept');
    this.#driver.signal(job, 'confirmed');
  }
}

const REFUSALS = {
  duplicate_id: 'a job of this id has not ended',
  too_many_jobs:
    'as many jobs as are allowed have not ended, or their results were not acknowledged',
} as const;

function describeOutcome(outcome: JobOutcome): string {
  return outcome.ok ? 'done' : `${outcome.error.code}: ${outcome.error.message}`.slice(0, 500);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}
