import { Channel, type ChannelOptions, type ChannelStats } from './channel.ts';
import { channelOf, type ClientConfig } from './client-config.ts';
import { ClientConfigError } from './client-config-error.ts';
import type { StreamEventBody } from './stream-event.ts';

export interface RosterOptions extends Pick<
  ChannelOptions,
  'clock' | 'ringEvents' | 'onTrouble' | 'onDatagram'
> {
  readonly interface: string | null;
  /** Null: any. */
  readonly allowedChannels: readonly string[] | null;
  readonly maxChannels: number;
  /** How long a channel stays open that nobody wants any more, milliseconds. */
  readonly lingerMs: number;
  readonly tell: (event: StreamEventBody) => void;
}

interface Entry {
  readonly channel: Channel;
  users: number;
  isOpen: boolean;
}

const NO_STATS: ChannelStats = { received: 0, malformed: 0, kernelDrops: 0 };

/** The channels that somebody wants: each is opened for the first of its clients, and closed after the last. */
export class ChannelRoster {
  readonly #options: RosterOptions;
  readonly #entries = new Map<string, Entry>();
  /** An address can be listened to again only when its socket is gone. */
  readonly #closing = new Map<string, Promise<void>>();
  #past = NO_STATS;
  #isClosing = false;

  constructor(options: RosterOptions) {
    this.#options = options;
  }

  get channels(): readonly Channel[] {
    return [...this.#entries.values()].filter(({ isOpen }) => isOpen).map(({ channel }) => channel);
  }

  /** Of all channels since the beginning. */
  get totals(): ChannelStats {
    return this.channels.reduce((sum, { stats }) => addStats(sum, stats), this.#past);
  }

  /**
   * Gets a channel, once it receives. Whoever got it gives it back with `release`.
   *
   * @throws ClientConfigError when it must not be listened to, or cannot
   */
  async acquire(config: ClientConfig): Promise<{ channel: Channel; release: () => void }> {
    const name = channelOf(config);
    this.#check(name);
    while (this.#closing.has(name)) await this.#closing.get(name);
    this.#check(name);
    const entry = this.#entries.get(name) ?? this.#create(name, config);
    entry.users += 1;
    let isHeld = true;
    const release = (): void => {
      if (!isHeld) return;
      isHeld = false;
      entry.users -= 1;
      if (entry.users === 0) this.#retire(name, entry);
    };
    try {
      await entry.channel.start();
    } catch (error) {
      release();
      throw new ClientConfigError((error as Error).message);
    }
    if (!entry.isOpen) {
      entry.isOpen = true;
      this.#options.tell({ type: 'channel.opened', channel: name });
    }
    return { channel: entry.channel, release };
  }

  /** Everybody is sent what has come already, and forgotten. From now on no channel is opened. */
  async finish(): Promise<void> {
    this.#isClosing = true;
    await Promise.all(this.channels.map((channel) => channel.finish()));
  }

  /** Resolves when no socket is left. */
  async close(): Promise<void> {
    for (const [name, entry] of this.#entries) this.#drop(name, entry);
    await Promise.all(this.#closing.values());
  }

  #check(name: string): void {
    const { allowedChannels, maxChannels } = this.#options;
    if (this.#isClosing) throw new ClientConfigError('the server ends');
    if (allowedChannels !== null && !allowedChannels.includes(name))
      throw new ClientConfigError(`the channel ${name} is not allowed`);
    if (this.#entries.size >= maxChannels && !this.#entries.has(name))
      throw new ClientConfigError(
        `the channel ${name} would be one more than the ${maxChannels} allowed`,
      );
  }

  #create(name: string, { ip, port }: ClientConfig): Entry {
    const { interface: device } = this.#options;
    const channel = new Channel({
      ...this.#options,
      name,
      address: { host: ip, port, ...(device === null ? {} : { interface: device }) },
    });
    const entry: Entry = { channel, users: 0, isOpen: false };
    this.#entries.set(name, entry);
    return entry;
  }

  #retire(name: string, entry: Entry): void {
    const { clock, lingerMs } = this.#options;
    if (lingerMs === 0 || !entry.isOpen) {
      this.#drop(name, entry);
      return;
    }
    const timer = clock.setTimer(lingerMs, () => {
      if (entry.users === 0) this.#drop(name, entry);
    });
    timer.unref();
  }

  #drop(name: string, entry: Entry): void {
    if (this.#entries.get(name) !== entry) return;
    this.#entries.delete(name);
    const closing = entry.channel.close().finally(() => {
      this.#closing.delete(name);
      if (!entry.isOpen) return;
      this.#past = addStats(this.#past, entry.channel.stats);
      this.#options.tell({ type: 'channel.closed', channel: name });
    });
    this.#closing.set(name, closing);
  }
}

function addStats(one: ChannelStats, other: ChannelStats): ChannelStats {
  return {
    received: one.received + other.received,
    malformed: one.malformed + other.malformed,
    kernelDrops: (one.kernelDrops ?? 0) + (other.kernelDrops ?? 0),
  };
}
