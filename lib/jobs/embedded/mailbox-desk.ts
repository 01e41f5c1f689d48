import type { Clock } from '../../util/clock.ts';
import type { Letter, Mailbox, MailboxOptions, News } from '../broker.ts';
import type { JobStore, StoreChange } from './job-store.ts';
import { del, put } from './job-store.ts';
import type { KeptTally } from './kept-tally.ts';
import { type LetterPost, MailboxShelf } from './mailbox-shelf.ts';
import { encodeLetter, type HeldLetter, keyOf, type LetterHead } from './records.ts';

export interface MailboxDeskPorts {
  readonly store: JobStore;
  readonly tally: KeptTally;
  readonly clock: Clock;
  readonly mailboxTtlMs: number;
}

/** What is written, and what takes it back. */
export interface StoreOffer {
  readonly changes: readonly StoreChange[];
  readonly undo: () => readonly StoreChange[];
  /** How much that is kept goes with it. */
  readonly frees: number;
}

const NOTHING: StoreOffer = { changes: [], undo: () => [], frees: 0 };

/** The mailboxes of an embedded broker. */
export class MailboxDesk {
  readonly #ports: MailboxDeskPorts;
  readonly #shelves = new Map<string, MailboxShelf>();

  constructor(ports: MailboxDeskPorts) {
    this.#ports = ports;
  }

  /** A mailbox that was there before this process. */
  restore(address: string): void {
    this.#shelve(address);
  }

  /** False when its mailbox is gone. */
  restoreLetter(seq: number, head: LetterHead, body: string): boolean {
    const shelf = this.#shelves.get(head.address);
    if (shelf === undefined) return false;
    const size = body.length;
    const fits = this.#ports.tally.hasRoomFor(size);
    this.#ports.tally.add(size, fits);
    shelf.add({ ...head, seq, size, body: fits ? body : null, redelivered: true });
    return true;
  }

  async open(options: MailboxOptions): Promise<Mailbox> {
    const address = addressOf(options.id);
    if (!this.#shelves.has(address)) {
      const key = keyOf.mailbox(address);
      await this.#ports.store.offer([put(key, '')], () => [del(key)]);
    }
    const shelf = this.#shelves.get(address) ?? this.#shelve(address);
    const reader = shelf.addReader(options);
    return {
      address,
      close: () => {
        shelf.removeReader(reader);
        return Promise.resolve();
      },
      remove: async () => {
        shelf.removeReader(reader);
        await this.#remove(shelf);
      },
    };
  }

  /** @param together - what is written with it, or not at all; not when the mailbox is gone */
  async post(
    address: string,
    letter: Letter,
    together: StoreOffer = NOTHING,
  ): Promise<'delivered' | 'gone'> {
    const post = this.prepare(address, letter);
    if (post === null) return 'gone';
    const { store, tally } = this.#ports;
    const { size, seq } = post.letter;
    if (!tally.admit(size, together.frees)) post.letter.body = null;
    try {
      if (store.hasTexts) {
        const text = encodeLetter({ ...post.letter, body: letter.body });
        await store.offer([put(keyOf.letter(seq), text), ...together.changes], () => [
          del(keyOf.letter(seq)),
          ...together.undo(),
        ]);
      }
    } catch (error) {
      tally.remove(size, post.letter.body !== null);
      throw error;
    }
    post.shelf.add(post.letter);
    return 'delivered';
  }

  /** A letter that is written together with something else; null when its mailbox is gone. */
  prepare(address: string, letter: Letter): LetterPost | null {
    const shelf = this.#shelves.get(address);
    if (shelf === undefined) return null;
    const { kind, correlationId, body } = letter;
    const seq = this.#ports.tally.nextSeq();
    const held = { seq, address, kind, correlationId, body, size: body.length, redelivered: false };
    return { shelf, letter: held };
  }

  tell(address: string, news: News): void {
    this.#shelves.get(address)?.tell(news);
  }

  /** No more letters to anybody. */
  stop(): void {
    for (const shelf of this.#shelves.values()) shelf.stop();
  }

  #shelve(address: string): MailboxShelf {
    const { store, tally, clock, mailboxTtlMs } = this.#ports;
    const shelf = new MailboxShelf(address, {
      clock,
      ttlMs: mailboxTtlMs,
      read: (key) => store.read(key),
      onSettled: (letters) => {
        const changes = letters.map((letter) => this.#forget(tally, letter));
        if (store.hasTexts) void store.settle(changes);
      },
      onUnread: () => {
        void this.#remove(shelf);
      },
    });
    this.#shelves.set(address, shelf);
    return shelf;
  }

  async #remove(shelf: MailboxShelf): Promise<void> {
    const { store, tally } = this.#ports;
    this.#shelves.delete(shelf.address);
    const letters = shelf.stop();
    const changes = letters.map((letter) => this.#forget(tally, letter));
    await store.settle([del(keyOf.mailbox(shelf.address)), ...changes]);
  }

  #forget(tally: KeptTally, letter: HeldLetter): StoreChange {
    tally.remove(letter.size, letter.body !== null);
    return del(keyOf.letter(letter.seq));
  }
}

function addressOf(id: string): string {
  return ADDRESS_PREFIX + id;
}

/** What stands before the id of a mailbox in its address, here as over AMQP. */
export const ADDRESS_PREFIX = 'vigil.replies.';
