import { type Clock, systemClock } from '../util/clock.ts';
import { type Broker, BROKER_DEFAULTS, type BrokerSettings } from './broker.ts';
import { parseBrokerUrl } from './broker-url.ts';

/**
 * Opens the broker of a URL: `memory:`, `file:DIR` or `amqp://…`. One over AMQP is returned before it has been
 * reached; its `state` tells.
 *
 * @throws ERR_BROKER_URL when the URL cannot be read
 * @throws ERR_PEER_MISSING when the package that the scheme needs is not installed
 * @throws ERR_BROKER_LOCKED, ERR_BROKER_STORE when the directory of `file:` cannot be had
 */
export async function openBroker(
  url: string,
  settings: Partial<BrokerSettings> = {},
  clock: Clock = systemClock,
): Promise<Broker> {
  const place = parseBrokerUrl(url);
  const resolved = { ...BROKER_DEFAULTS, ...settings };
  const { EmbeddedBroker } =
    require('./embedded/embedded-broker') as typeof import('./embedded/embedded-broker.ts');
  const { createMemoryStore } =
    require('./embedded/job-store') as typeof import('./embedded/job-store.ts');
  if (place.kind === 'memory') return EmbeddedBroker.open(createMemoryStore(), clock, resolved);
  if (place.kind === 'file') {
    const { openLevelStore } =
      require('./embedded/level-store') as typeof import('./embedded/level-store.ts');
    return EmbeddedBroker.open(await openLevelStore(place.directory, clock), clock, resolved);
  }
  const { AmqpBroker } = require('./amqp/amqp-broker') as typeof import('./amqp/amqp-broker.ts');
  return new AmqpBroker(place, resolved, clock);
}
