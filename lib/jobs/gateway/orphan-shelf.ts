import type { Mail } from '../broker.ts';
import { parseCorrelationId } from './correlation.ts';
import type { OpenJob } from './gateway-note.ts';
import type { HeldNote } from './held-note.ts';

/** What is known of a client that was another gateway's and has not come yet. */
export interface Orphan {
  readonly jobs: Map<string, { readonly job: OpenJob; readonly note: HeldNote }>;
  readonly mails: Mail[];
}

/** Jobs and letters found in the mailboxes of other gateways, by client. */
export class OrphanShelf {
  readonly #byClient = new Map<string, Orphan & { readonly mailbox: string }>();

  get size(): number {
    return this.#byClient.size;
  }

  /** Whether it was found in this mailbox. */
  has(clientId: string): boolean {
    return this.#byClient.has(clientId);
  }

  /** A job that was open. False: whose it is cannot be read. */
  addJob(mailbox: string, job: OpenJob, note: HeldNote): boolean {
    const parts = parseCorrelationId(job.c);
    if (parts === null) return false;
    this.#of(parts.clientId, mailbox).jobs.set(job.c, { job, note });
    return true;
  }

  /** The end of a job was acknowledged. */
  endJob(correlationId: string): void {
    const parts = parseCorrelationId(correlationId);
    const jobs = parts === null ? undefined : this.#byClient.get(parts.clientId)?.jobs;
    jobs?.get(correlationId)?.note.release();
    jobs?.delete(correlationId);
  }

  addMail(mailbox: string, clientId: string, mail: Mail): void {
    this.#of(clientId, mailbox).mails.push(mail);
  }

  /** Hands over what there is of a client. */
  take(clientId: string): Orphan | undefined {
    const orphan = this.#byClient.get(clientId);
    this.#byClient.delete(clientId);
    return orphan;
  }

  /** Forgets what was found in a mailbox that is not read any more; it is still there for whoever reads it next. */
  forget(mailbox: string): void {
    for (const [clientId, orphan] of this.#byClient)
      if (orphan.mailbox === mailbox) this.#byClient.delete(clientId);
  }

  #of(clientId: string, mailbox: string): Orphan {
    const known = this.#byClient.get(clientId);
    if (known !== undefined) return known;
    const orphan = { mailbox, jobs: new Map<string, never>(), mails: [] };
    this.#byClient.set(clientId, orphan);
    return orphan;
  }
}
