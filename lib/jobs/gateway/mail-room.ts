import { type Clock, waitFor } from '../../util/clock.ts';
import type { Broker, Mail, Mailbox, News } from '../broker.ts';
import { parseCorrelationId } from './correlation.ts';
import { type GatewayNote, parseNote } from './gateway-note.ts';
import type { JobKeeper } from './job-keeper.ts';
import type { JobRoster } from './job-roster.ts';
import type { NoteBook } from './note-book.ts';

/** Knows what to do with letters of clients that are not here. */
export interface StrayMail {
  whereIs(clientId: string): string | null;
  takeMail(
    mailbox: string,
    clientId: string,
    letter: { readonly mail: Mail; readonly isOwn: boolean },
  ): boolean;
  takeNote(mailbox: string, note: GatewayNote & { readonly note: 'jobs' }, mail: Mail): void;
  read(mailbox: string, note: Exclude<GatewayNote, { note: 'jobs' }>, mail: Mail): void;
}

export interface MailRoomPorts {
  readonly broker: Broker;
  readonly clock: Clock;
  /** The id of this gateway and of its mailbox. */
  readonly id: string;
  readonly keeper: () => JobKeeper;
  readonly moves: () => StrayMail;
  readonly notes: () => NoteBook;
  readonly jobs: JobRoster;
  readonly warn: (text: string) => void;
}

const TRY_AGAIN_MS = 500;

/** The mailbox of this gateway, and those of other gateways whose clients have come here. */
export class MailRoom {
  readonly #ports: MailRoomPorts;
  readonly #ending = new AbortController();
  /** Others', by the id of their gateway. */
  readonly #others = new Map<string, Promise<Mailbox>>();
  readonly #ownMark: string;
  #own: Mailbox | null = null;
  #strays = 0;

  constructor(ports: MailRoomPorts) {
    this.#ports = ports;
    this.#ownMark = `${ports.id}#`;
  }

  /** Letters that nobody was there for. */
  get strays(): number {
    return this.#strays;
  }

  /** Where the letters of this gateway go; null until the broker has been reached. */
  get address(): string | null {
    return this.#own?.address ?? null;
  }

  get others(): readonly string[] {
    return [...this.#others.keys()];
  }

  /** The address of another gateway's mailbox. */
  addressOf(id: string): string {
    return (this.#own?.address ?? '').replace(this.#ports.id, id);
  }

  /** Opens the mailbox of this gateway, however often it has to be tried. */
  async open(): Promise<void> {
    const { clock, warn } = this.#ports;
    const { signal } = this.#ending;
    for (let isFirst = true; this.#own === null && !signal.aborted; isFirst = false) {
      try {
        this.#own = await this.#openBox(this.#ports.id);
      } catch (error) {
        if (isFirst) warn(`the broker cannot be used yet: ${describe(error)}`);
        await waitFor(clock, TRY_AGAIN_MS, signal);
      }
    }
  }

  /** Reads the mailbox of another gateway as soon as that one does not. */
  async standBy(id: string): Promise<void> {
    if (id === this.#ports.id) return;
    const opening = this.#others.get(id) ?? this.#openBox(id);
    this.#others.set(id, opening);
    try {
      await opening;
    } catch (error) {
      this.#others.delete(id);
      throw error;
    }
  }

  /** Reads it no more; what is in it is left to others. */
  async leave(id: string): Promise<void> {
    const opening = this.#others.get(id);
    this.#others.delete(id);
    await opening?.then((mailbox) => mailbox.close()).catch(() => undefined);
  }

  /** To another gateway, or to this one. @throws what the broker throws */
  post(id: string, note: GatewayNote): Promise<'delivered' | 'gone'> {
    const body = JSON.stringify(note);
    const correlationId = note.note === 'jobs' ? this.#ownMark + String(note.number) : '';
    return this.#ports.broker.post(this.addressOf(id), { kind: 'note', correlationId, body });
  }

  /** Sends a letter on to the mailbox of another gateway. */
  async forward(id: string, mail: Mail): Promise<void> {
    const { kind, correlationId, body } = mail;
    try {
      await this.#ports.broker.post(this.addressOf(id), { kind, correlationId, body });
      mail.settle();
    } catch (error) {
      // It stays here, and is found by whoever reads this mailbox next.
      this.#ports.warn(`a letter could not be sent on: ${describe(error)}`);
    }
  }

  async close(): Promise<void> {
    this.#ending.abort();
    const others = [...this.#others.keys()].map((id) => this.leave(id));
    await Promise.allSettled([...others, this.#own?.close()]);
    this.#own = null;
  }

  #openBox(id: string): Promise<Mailbox> {
    return this.#ports.broker.openMailbox({
      id,
      onMail: (mail) => {
        try {
          this.#receive(id, mail);
        } catch (error) {
          this.#ports.warn(`a letter could not be dealt with: ${describe(error)}`);
        }
      },
      onNews: (news) => {
        this.#hear(id, news);
      },
    });
  }

  #receive(mailbox: string, mail: Mail): void {
    if (mail.kind === 'note') {
      this.#readNote(mailbox, mail);
      return;
    }
    const { keeper, moves, jobs, id } = this.#ports;
    if (keeper().hearMail(mail)) return;
    const clientId = parseCorrelationId(mail.correlationId)?.clientId ?? null;
    if (clientId === null || jobs.isOver(mail.correlationId)) {
      this.#discard(mail);
      return;
    }
    const isTaken = moves().takeMail(mailbox, clientId, { mail, isOwn: mailbox === id });
    if (!isTaken) this.#discard(mail);
  }

  #hear(mailbox: string, news: News): void {
    const { keeper, moves, broker } = this.#ports;
    if (keeper().hearNews(news)) return;
    const clientId = parseCorrelationId(news.correlationId)?.clientId;
    const to = clientId === undefined ? null : moves().whereIs(clientId);
    // A dead gateway's mailbox is read here: what comes from it would come back at once, for ever.
    if (to !== null && to !== mailbox) broker.tell(this.addressOf(to), news);
  }

  #readNote(mailbox: string, mail: Mail): void {
    const { notes, moves, id } = this.#ports;
    // One's own is long, and known.
    if (mail.correlationId.startsWith(this.#ownMark)) {
      notes().arrive(Number(mail.correlationId.slice(this.#ownMark.length)), mail);
      return;
    }
    const note = parseNote(mail.body);
    if (note === null) {
      this.#discard(mail);
      return;
    }
    if (note.note !== 'jobs') moves().read(mailbox, note, mail);
    else if (note.by === id) notes().arrive(note.number, mail);
    else moves().takeNote(mailbox, note, mail);
  }

  #discard(mail: Mail): void {
    this.#strays += 1;
    mail.settle();
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
