import { randomUUID } from 'node:crypto';
import { type Clock, waitFor } from '../../util/clock.ts';
import type { Mail } from '../broker.ts';
import type { ClientLine } from './client-line.ts';
import { parseCorrelationId } from './correlation.ts';
import { hasEnded } from './gateway-job.ts';
import type { Claim, GatewayNote, OpenJob } from './gateway-note.ts';
import { HeldNote } from './held-note.ts';
import type { JobDriver } from './job-driver.ts';
import type { JobKeeper } from './job-keeper.ts';
import type { JobRoster } from './job-roster.ts';
import type { MailRoom, StrayMail } from './mail-room.ts';
import { MovedSessions } from './moved-sessions.ts';
import type { Answer, PendingClaim } from './pending-claim.ts';
import { type Orphan, OrphanShelf } from './orphan-shelf.ts';
import type { SessionStore } from './session-store.ts';
import type { TokenParts } from './session-token.ts';
import { visitPlaces } from './visit-places.ts';

export interface SessionMovesPorts {
  readonly clock: Clock;
  readonly id: string;
  readonly room: MailRoom;
  readonly keeper: JobKeeper;
  readonly driver: JobDriver;
  readonly jobs: JobRoster;
  readonly sessions: SessionStore<ClientLine>;
}

type Handed = GatewayNote & { readonly note: 'handed' };

/** What has come of the search for a session. */
export type Found = 'found' | 'unknown' | 'silent';

/** A gateway that does not answer for so long is stuck, or cannot reach the broker. */
const ANSWER_MS = 10_000;
/** More of one session would mean that its client went on through as many gateways with one job. */
const MOST_HOMES = 16;

/**
 * Sessions on their way from one gateway to another. Whoever wants one asks by a letter to the mailbox where it is known
 * (its token says where it began) and stands by as that mailbox's next reader: if its gateway lives it hands the session
 * over; if it is dead the one that asked gets all that was in the mailbox, and last of all its own letter.
 */
export class SessionMoves implements StrayMail {
  readonly #ports: SessionMovesPorts;
  readonly #orphans = new OrphanShelf();
  readonly #claims = new Map<string, PendingClaim>();
  /** Sessions that began here, or in a mailbox that is read here, and are elsewhere now. */
  readonly #moved = new MovedSessions();
  #searches = 0;
  /** Which mailboxes matter to a session that is here. */
  readonly #homes = new Map<string, Set<string>>();

  constructor(ports: SessionMovesPorts) {
    this.#ports = ports;
  }

  get orphans(): number {
    return this.#orphans.size;
  }

  /** Where a client went; null: it is not known to have gone. */
  whereIs(clientId: string): string | null {
    const { id, sessions } = this.#ports;
    const to = this.#moved.find(clientId);
    return to === id || sessions.sessionOf(clientId) !== null ? null : to;
  }

  /** Looks for a session at the other gateways; once found it is one of this gateway's. @throws what the broker throws */
  async find(session: TokenParts): Promise<Found> {
    this.#searches += 1;
    try {
      return await this.#search(session);
    } finally {
      this.#searches -= 1;
      this.#leaveUnused();
    }
  }

  async #search(session: TokenParts): Promise<Found> {
    const { clientId, home } = session;
    const visited = new Set([this.#ports.id]);
    const places = [home, ...this.#moved.placesOf(clientId)];
    const ask = (at: string): Promise<Answer | null> => this.#claim(session, at);
    const found = await visitPlaces(places, visited, { ask, most: MOST_HOMES });
    const orphan = this.#orphans.take(clientId);
    if (orphan !== undefined) this.#adopt(session, orphan);
    else if (found !== 'found') return found;
    this.#noteHomes(clientId, [...visited]);
    await this.#registerAtHome(session);
    return 'found';
  }

  /** A letter of a client that is not here. False: nobody wants it. */
  takeMail(
    mailbox: string,
    clientId: string,
    { mail, isOwn }: { readonly mail: Mail; readonly isOwn: boolean },
  ): boolean {
    const to = this.whereIs(clientId);
    // What comes from there while its gateway is dead would be sent there again and again.
    if (to !== null && to !== mailbox) {
      void this.#ports.room.forward(to, mail);
      return true;
    }
    const { sessions, keeper } = this.#ports;
    if (!isOwn && sessions.sessionOf(clientId) !== null) {
      // Its gateway died before it had written down that the job was open.
      keeper.adopt({ c: mail.correlationId, name: '', deadline: null }, null);
      return keeper.hearMail(mail);
    }
    if (isOwn && !this.#orphans.has(clientId)) return false;
    this.#orphans.addMail(mailbox, clientId, mail);
    return true;
  }

  /** What another gateway has written down for whoever comes after it. */
  takeNote(mailbox: string, note: GatewayNote & { readonly note: 'jobs' }, mail: Mail): void {
    const { sessions, keeper } = this.#ports;
    const held = new HeldNote(note.begun.length + 1);
    held.arrive(mail);
    for (const job of note.begun) {
      const clientId = parseCorrelationId(job.c)?.clientId ?? '';
      if (sessions.sessionOf(clientId) !== null) keeper.adopt(job, held);
      else if (!this.#orphans.addJob(mailbox, job, held)) held.release();
    }
    held.release();
    for (const correlationId of note.ended) this.#orphans.endJob(correlationId);
  }

  /** A note that is about a session. */
  read(mailbox: string, note: Exclude<GatewayNote, { note: 'jobs' }>, mail: Mail): void {
    switch (note.note) {
      case 'claim':
        void this.#answer(note).finally(() => {
          mail.settle();
        });
        return;
      case 'moved':
        this.#moved.note(note.clientId, { ...note, mail });
        return;
      case 'handed':
        this.#receive(note, mail);
        return;
      case 'elsewhere':
      case 'unknown':
        this.#claims
          .get(note.nonce)
          ?.resolve(
            note.note === 'unknown' ? { kind: 'unknown' } : { kind: 'elsewhere', also: note.also },
          );
        mail.settle();
    }
  }

  /** Leaves the mailboxes of others that no session needs any more. To be called now and then. */
  sweep(): void {
    const { sessions, id } = this.#ports;
    for (const clientId of this.#homes.keys())
      if (sessions.sessionOf(clientId) === null) this.#homes.delete(clientId);
    for (const clientId of this.#moved.allOf(id))
      if (sessions.sessionOf(clientId) === null) this.#moved.forget(clientId);
    this.#leaveUnused();
  }

  async #claim(session: TokenParts, at: string): Promise<Answer | null> {
    const { room, id, clock } = this.#ports;
    const { clientId } = session;
    const nonce = randomUUID();
    const enough = new AbortController();
    const answer = new Promise<Answer>((resolve) => this.#claims.set(nonce, { session, resolve }));
    try {
      const posted = await room.post(at, { note: 'claim', clientId, by: id, nonce });
      if (posted === 'gone') return { kind: 'unknown' };
      await room.standBy(at);
      const silence = waitFor(clock, ANSWER_MS, enough.signal).then(() => null);
      return await Promise.race([answer, silence]);
    } finally {
      enough.abort();
      this.#claims.delete(nonce);
    }
  }

  /** Somebody asks for a session: another gateway, or this one, which has found its own letter. */
  async #answer({ clientId, by, nonce }: Claim): Promise<void> {
    const { id, room, sessions } = this.#ports;
    const also = this.#moved.placesOf(clientId).filter((place) => place !== by);
    if (by === id) {
      const claim = this.#claims.get(nonce);
      if (claim === undefined) return;
      if (this.#orphans.has(clientId)) this.#grant(claim, this.#orphans.take(clientId), also);
      else claim.resolve(also.length === 0 ? { kind: 'unknown' } : { kind: 'elsewhere', also });
      return;
    }
    try {
      if (sessions.sessionOf(clientId) !== null) await this.#handOver(clientId, by, nonce);
      else if (this.#orphans.has(clientId)) await this.#passOn(clientId, by, { nonce, also });
      else if (also.length > 0) await room.post(by, { note: 'elsewhere', nonce, also });
      else await room.post(by, { note: 'unknown', nonce });
    } catch {
      // The one that asked hears nothing, and its client asks again.
    }
  }

  async #handOver(clientId: string, by: string, nonce: string): Promise<void> {
    const { room, sessions, jobs, driver } = this.#ports;
    sessions.connectionOf(clientId)?.giveWay();
    await Promise.all(jobs.ofClient(clientId).map(({ published }) => published));
    const session = sessions.sessionOf(clientId);
    if (session === null) return;
    const leaving = jobs.ofClient(clientId);
    const told: OpenJob[] = leaving.map((job) => {
      const { correlationId: c, name, deadline, attempt } = job;
      return { c, name, deadline, attempt };
    });
    const homes = [...(this.#homes.get(clientId) ?? [])];
    const note = { note: 'handed', nonce, jobs: told, also: homes } as const;
    if ((await room.post(by, note)) === 'gone') return;
    this.#moved.note(clientId, { to: by, homes, mail: null });
    for (const job of jobs.ofClient(clientId)) {
      job.isMoved = true;
      for (const mail of job.mails.splice(0)) void room.forward(by, mail);
      job.note?.release();
      if (!hasEnded(job)) driver.release(job);
    }
    sessions.forget(session.token);
    this.#homes.delete(clientId);
  }

  /** What was found of a client, and was never this gateway's. */
  async #passOn(
    clientId: string,
    by: string,
    { nonce, also }: Pick<Handed, 'nonce' | 'also'>,
  ): Promise<void> {
    const { room } = this.#ports;
    const orphan = this.#orphans.take(clientId);
    if (orphan === undefined) return;
    const told = [...orphan.jobs.values()];
    await room.post(by, { note: 'handed', nonce, jobs: told.map(({ job }) => job), also });
    this.#moved.note(clientId, { to: by, homes: also, mail: null });
    for (const mail of orphan.mails) void room.forward(by, mail);
    for (const { note } of told) note.release();
  }

  /** Another gateway has handed a session over. */
  #receive({ nonce, jobs, also }: Handed, mail: Mail): void {
    const held = new HeldNote(jobs.length + 1);
    held.arrive(mail);
    for (const job of jobs) if (!this.#orphans.addJob(this.#ports.id, job, held)) held.release();
    held.release();
    // Without a claim its client has gone again; it may come back.
    const claim = this.#claims.get(nonce);
    if (claim !== undefined) this.#grant(claim, this.#orphans.take(claim.session.clientId), also);
  }

  // At once: the letters of its jobs are behind.
  #grant({ session, resolve }: PendingClaim, orphan = EMPTY, also: readonly string[] = []): void {
    this.#adopt(session, orphan);
    resolve({ kind: 'found', also });
  }

  #adopt(session: TokenParts, { jobs, mails }: Orphan): void {
    const { sessions, keeper } = this.#ports;
    sessions.adopt(session);
    for (const { job, note } of jobs.values()) keeper.adopt(job, note);
    for (const mail of mails) {
      if (keeper.hearMail(mail)) continue;
      keeper.adopt({ c: mail.correlationId, name: '', deadline: null }, null);
      if (!keeper.hearMail(mail)) mail.settle();
    }
  }

  /** Its home is where everybody asks first. */
  async #registerAtHome({ home, clientId }: TokenParts): Promise<void> {
    const { room, id } = this.#ports;
    const homes = [...(this.#homes.get(clientId) ?? [])];
    await room.post(home, { note: 'moved', clientId, to: id, homes }).catch(() => 'gone');
  }

  #noteHomes(clientId: string, mailboxes: readonly string[]): void {
    const homes = new Set([...(this.#homes.get(clientId) ?? []), ...mailboxes]);
    homes.delete(this.#ports.id);
    this.#homes.set(clientId, new Set([...homes].slice(-MOST_HOMES)));
  }

  #leaveUnused(): void {
    const { room } = this.#ports;
    if (this.#searches > 0) return;
    const used = new Set([...this.#homes.values()].flatMap((homes) => [...homes]));
    for (const id of room.others) {
      if (used.has(id)) continue;
      void room.leave(id);
      this.#orphans.forget(id);
    }
  }
}

const EMPTY: Orphan = { jobs: new Map(), mails: [] };
