import { writeLwesAddress } from '../lwes/lwes-address.ts';

/** What a client wants of a channel. Clients whose configurations are equal share the work. */
export interface ClientConfig {
  /** The literal address of the channel. */
  readonly ip: string;
  readonly port: number;
  /** The attributes wanted of the events of a name; `[]`: all of them. The name `""` stands for all that are not named. */
  readonly requests: ReadonlyMap<string, readonly string[]>;
  readonly filters: readonly EventFilter[];
  /** Whether each filter is asked of every event, or only of those whose name it matches. */
  readonly filterMode: FilterMode;
}

/** Regular expressions for the whole name of an event and the whole value of one of its attributes. */
export interface EventFilter {
  readonly name: string;
  readonly attribute: string;
  readonly value: string;
}

export type FilterMode = 'all' | 'perEvent';

/** What becomes of the events that wait for a client that is too slow. */
export type SlowClientPolicy = 'drop-oldest' | 'disconnect' | 'conflate';

/** How a client wants its events delivered; no part of what it shares with others. */
export interface ClientDelivery {
  readonly batchSize: number;
  readonly maxSecs: number;
  readonly policy: SlowClientPolicy;
  /** Of the policy `conflate`: of the events of one name with the same value of it, only the newest waits. */
  readonly conflateBy: string | null;
  /** Where to go on, as a batch before has told; empty: from now on, but batches are to tell; null: they are not. */
  readonly since: string | null;
}

/** The name of the channel, which is the beginning of its keys. */
export function channelOf({ ip, port }: Pick<ClientConfig, 'ip' | 'port'>): string {
  return writeLwesAddress({ host: ip, port });
}

/** Equal for equal configurations, and for no others. */
export function identityOf(config: ClientConfig): string {
  const { ip, port, requests, filters, filterMode } = config;
  const byName = [...requests].sort(([one], [other]) => (one < other ? -1 : 1));
  const plain = filters.map(({ name, attribute, value }) => [name, attribute, value]);
  return JSON.stringify([ip, port, byName, plain, filterMode]);
}

/** The names of events in the identity of a configuration. */
export function namesOf(identity: string): string[] {
  const [, , byName] = JSON.parse(identity) as [string, number, [string, string[]][]];
  return byName.map(([name]) => name);
}
