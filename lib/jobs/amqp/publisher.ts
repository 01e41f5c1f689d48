import type { Channel, Envelope } from './rabbitmq-adapter.ts';

/** A channel on which every message is confirmed, and that can be given up without giving up what is under way on it. */
export class Publisher {
  readonly #channel: Channel;
  readonly #returned = new Map<string, number>();
  #underWay = 0;
  #isRetired = false;

  private constructor(channel: Channel) {
    this.#channel = channel;
    channel.on('basic.return', (message) => {
      const key = keyOf(message);
      this.#returned.set(key, (this.#returned.get(key) ?? 0) + 1);
    });
  }

  static async open(channel: Channel, onClose: () => void): Promise<Publisher> {
    const publisher = new Publisher(channel);
    await channel.confirmSelect();
    channel.once('close', onClose);
    return publisher;
  }

  /** `returned`: there is no queue for it. @throws what the library throws */
  async send(envelope: Envelope, body: string): Promise<'routed' | 'returned'> {
    this.#underWay += 1;
    try {
      await this.#channel.basicPublish({ ...envelope, mandatory: true }, Buffer.from(body));
      // What was returned is told of after its confirm.
      await new Promise((resolve) => setImmediate(resolve));
      return this.#wasReturned(envelope) ? 'returned' : 'routed';
    } finally {
      this.#underWay -= 1;
      this.#closeIfIdle();
    }
  }

  /** Closes the channel as soon as the server has answered for what was sent. */
  retire(): void {
    this.#isRetired = true;
    this.#closeIfIdle();
  }

  #closeIfIdle(): void {
    if (this.#isRetired && this.#underWay === 0) void this.#channel.close().catch(() => undefined);
  }

  #wasReturned(envelope: Envelope): boolean {
    const key = keyOf(envelope);
    const times = this.#returned.get(key);
    if (times === undefined) return false;
    if (times === 1) this.#returned.delete(key);
    else this.#returned.set(key, times - 1);
    return true;
  }
}

function keyOf(
  message: Pick<Envelope, 'exchange' | 'routingKey' | 'messageId' | 'correlationId'>,
): string {
  const { exchange, routingKey, messageId, correlationId } = message;
  return [exchange ?? '', routingKey, messageId, correlationId].join('\n');
}
