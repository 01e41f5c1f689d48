import { hashShortly } from '../util/short-hash.ts';
import type { Channel, ChannelStats } from './channel.ts';
import { namesOf } from './client-config.ts';

/** One channel, as it is shown. */
export interface ChannelView extends ChannelStats {
  /** `ip:port`. */
  readonly channel: string;
  readonly keys: readonly ChannelKeyView[];
}

export interface ChannelKeyView {
  /** The channel and the name of an event, without anything between; the channel alone: all that are not named. */
  readonly key: string;
  readonly configs: readonly ConfigView[];
}

export interface ConfigView {
  /** The same for the same configuration. */
  readonly id: string;
  /** How often an event was filtered and written for it. */
  readonly projections: number;
  readonly clients: readonly { readonly queued: number; readonly dropped: number }[];
}

export function viewChannel({ name: channel, stats, load }: Channel): ChannelView {
  const keys = new Map<string, ConfigView[]>();
  for (const { key: identity, projections, clients } of load) {
    const view = { id: hashShortly(identity), projections, clients };
    for (const name of namesOf(identity)) {
      const key = `${channel}${name}`;
      const others = keys.get(key);
      if (others === undefined) keys.set(key, [view]);
      else others.push(view);
    }
  }
  const { received, malformed, kernelDrops } = stats;
  return {
    channel,
    received,
    malformed,
    kernelDrops,
    keys: [...keys].map(([key, configs]) => ({ key, configs })),
  };
}
