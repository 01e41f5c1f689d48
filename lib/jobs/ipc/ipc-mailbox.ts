import type { NoticeDescriptor } from '../../ipc/descriptor.ts';
import type { Mailbox, MailboxOptions, News } from '../broker.ts';
import {
  type AskBroker,
  CLOSE_MAILBOX,
  type MailNotice,
  OPEN_MAILBOX,
  SETTLE_MAIL,
} from './broker-messages.ts';

export interface MailboxLine {
  readonly ask: AskBroker;
  readonly tell: <Args>(notice: NoticeDescriptor<Args>, args: Args) => void;
}

/** A mailbox that is read over a channel. */
export class IpcMailbox implements Mailbox {
  readonly #number: number;
  readonly #options: MailboxOptions;
  readonly #line: MailboxLine;
  #address = '';
  #life: 'open' | 'closed' = 'open';

  constructor(number: number, options: MailboxOptions, line: MailboxLine) {
    this.#number = number;
    this.#options = options;
    this.#line = line;
  }

  get address(): string {
    return this.#address;
  }

  async open(): Promise<void> {
    const { id } = this.#options;
    this.#address = await this.#line.ask(OPEN_MAILBOX, { mailbox: this.#number, id });
  }

  receive({ mail: number, letter, redelivered }: MailNotice): void {
    if (this.#life === 'closed') return;
    const mailbox = this.#number;
    this.#options.onMail({
      ...letter,
      redelivered,
      settle: () => {
        if (this.#life === 'open') this.#line.tell(SETTLE_MAIL, { mailbox, mail: number });
      },
    });
  }

  hear(news: News): void {
    if (this.#life === 'open') this.#options.onNews?.(news);
  }

  close(): Promise<void> {
    return this.#end(false);
  }

  remove(): Promise<void> {
    return this.#end(true);
  }

  async #end(remove: boolean): Promise<void> {
    if (this.#life === 'closed') return;
    this.#life = 'closed';
    await this.#line.ask(CLOSE_MAILBOX, { mailbox: this.#number, remove });
  }
}
