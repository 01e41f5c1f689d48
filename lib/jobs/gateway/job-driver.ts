import type { Clock } from '../../util/clock.ts';
import { nextStep } from '../../util/state-machine.ts';
import type { Broker, Letter } from '../broker.ts';
import { type JobEffect, type JobSignal, type JobState, jobTable } from '../job-machine.ts';
import { IsoStamp } from '../../util/iso-stamp.ts';
import type { ClientLine } from './client-line.ts';
import { type GatewayJob, hasEnded, type JobOutcome } from './gateway-job.ts';
import type { JobEventBody } from './job-event.ts';
import { addHop, type JobHistories, type JobHop } from './job-history.ts';
import { outcomeOfEnd } from './job-outcome.ts';
import type { JobRoster } from './job-roster.ts';
import type { NoteBook } from './note-book.ts';
import type { SessionStore } from './session-store.ts';

export interface JobDriverPorts {
  readonly broker: Broker;
  readonly clock: Clock;
  readonly sessions: SessionStore<ClientLine>;
  readonly jobs: JobRoster;
  readonly histories: JobHistories;
  readonly notes: NoteBook;
  /** Where what comes of jobs is sent; null while the gateway has no mailbox. */
  readonly address: () => string | null;
  readonly tell: (body: JobEventBody) => void;
}

/** Whoever has the job says first that its time is over, where it can. */
const DEADLINE_SLACK_MS = 250;

/** Why a message of a client is not obeyed. */
export type Refusal = readonly [code: string, message: string];

/** Takes jobs through their states, and does what each step asks for. */
export class JobDriver {
  readonly #ports: JobDriverPorts;
  readonly #stamp: IsoStamp;
  /** They could not be called off because the broker was away. */
  readonly #toCallOff = new Set<GatewayJob>();
  readonly counts = {
    accepted: 0,
    refused: new Map<string, number>(),
    ended: new Map<string, number>(),
  };

  constructor(ports: JobDriverPorts) {
    this.#ports = ports;
    this.#stamp = new IsoStamp(ports.clock);
  }

  /** A job that is new here. */
  begin(
    about: Pick<GatewayJob, 'clientId' | 'id' | 'name' | 'correlationId' | 'deadline' | 'state'>,
  ): GatewayJob {
    const { jobs, sessions, histories, clock } = this.#ports;
    const { clientId, id, name, correlationId, state, deadline } = about;
    // Written out: there is one for each job, and to spread costs several times as much.
    const job: GatewayJob = {
      clientId,
      id,
      jobId: `${clientId}/${id}`,
      name,
      correlationId,
      deadline,
      history: histories.begin({ clientId, id, name, state }),
      state,
      attempt: 0,
      timer: null,
      lonelySince: null,
      published: PUBLISHED,
      note: null,
      mails: [],
      isMoved: false,
    };
    jobs.add(job);
    sessions.begin(clientId, id);
    if (deadline !== null) {
      job.timer = clock.setTimer(deadline - clock.wallTime() + DEADLINE_SLACK_MS, () => {
        this.signal(job, 'deadlinePassed');
      });
    }
    return job;
  }

  signal(job: GatewayJob, signal: JobSignal, outcome?: JobOutcome): void {
    const step = nextStep(jobTable, job.state, signal);
    job.state = step.state;
    job.history.state = step.state;
    if (hasEnded(job)) job.timer?.cancel();
    const told = outcome ?? outcomeOfEnd(job.state);
    if (step.changed) this.#tell(job, told);
    for (const effect of step.effects) this.#act(job, effect, told);
  }

  /** Nothing of it has to be kept any more. */
  release(job: GatewayJob): void {
    const { jobs, notes, sessions } = this.#ports;
    job.timer?.cancel();
    this.#toCallOff.delete(job);
    jobs.remove(job);
    if (job.isMoved) return;
    sessions.withdraw(job.clientId, job.id);
    for (const mail of job.mails.splice(0)) mail.settle();
    if (job.note !== null) notes.end(job.correlationId, job.note);
    job.note = null;
  }

  /** Tells a client that a message of it is not obeyed. */
  refuse(line: ClientLine, id: string, [code, message]: Refusal): void {
    this.counts.refused.set(code, (this.counts.refused.get(code) ?? 0) + 1);
    line.say({ type: 'error', code, message, id });
  }

  /** One more step of its way. */
  hop(job: GatewayJob, hop: JobHop['hop'], detail: string): void {
    addHop(job.history, { at: this.#stamp.now(), hop, detail });
  }

  /** Calls off what could not be called off before. */
  retryCallingOff(): void {
    for (const job of this.#toCallOff) {
      this.#toCallOff.delete(job);
      this.#callOff(job);
    }
  }

  #act(job: GatewayJob, effect: JobEffect, outcome: JobOutcome): void {
    const line = this.#ports.sessions.connectionOf(job.clientId);
    switch (effect) {
      case 'sendAccepted':
        this.counts.accepted += 1;
        line?.say(`{"type":"accepted","id":${JSON.stringify(job.id)}}`);
        return;
      case 'callOff':
        this.#callOff(job);
        return;
      case 'sendResult':
        this.#end(job, { type: 'result', id: job.id, ...outcome }, outcome);
        return;
      case 'sendCancelled':
        this.#end(job, { type: 'cancelled', id: job.id }, outcomeOfEnd('cancelled'));
        return;
      case 'sendRefusal':
        if (!outcome.ok && line !== null)
          this.refuse(line, job.id, [outcome.error.code, outcome.error.message]);
        this.release(job);
    }
  }

  #end(job: GatewayJob, message: object, outcome: JobOutcome): void {
    const { sessions, broker, address } = this.#ports;
    const { clientId, id, correlationId } = job;
    const text = JSON.stringify(message);
    const replyTo = address();
    // An end that no letter tells would be lost with this gateway.
    if (job.mails.length === 0 && replyTo !== null) {
      const letter: Letter = { kind: 'result', correlationId, body: JSON.stringify(outcome) };
      broker.post(replyTo, letter).catch(() => undefined);
    }
    const isKept = sessions.keep(clientId, { id, text }, () => {
      this.release(job);
    });
    if (!isKept) {
      this.release(job);
      return;
    }
    const line = sessions.connectionOf(clientId);
    line?.drop(`p:${id}`);
    line?.say(text, `r:${id}`);
    this.hop(job, 'gateway', line === null ? 'kept for its client' : 'sent to its client');
  }

  #callOff(job: GatewayJob): void {
    this.#ports.broker.cancel(jobIdOf(job)).then(
      (answer) => {
        this.hop(job, 'broker', answer === 'removed' ? 'taken out of its queue' : 'workers told');
        this.signal(job, answer === 'removed' ? 'removed' : 'toldWorkers');
      },
      () => this.#toCallOff.add(job),
    );
  }

  #tell(job: GatewayJob, outcome: JobOutcome): void {
    const { state, name, attempt } = job;
    const isEnd = hasEnded(job);
    if (isEnd) this.counts.ended.set(state, (this.counts.ended.get(state) ?? 0) + 1);
    const body = { type: EVENTS[state], job: jobIdOf(job), name, attempt };
    const isFailure = isEnd && state !== 'done' && !outcome.ok;
    this.#ports.tell(isFailure ? { ...body, code: outcome.error.code } : body);
  }
}

export function jobIdOf({ jobId }: GatewayJob): string {
  return jobId;
}

const PUBLISHED = Promise.resolve();

/** The types of events, which are not to be put together for each job anew. */
const EVENTS = Object.fromEntries(
  Object.keys(jobTable).map((state) => [state, `job.${state}`]),
) as { readonly [State in JobState]: `job.${State}` };
