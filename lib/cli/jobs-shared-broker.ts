import { VigilError } from '../errors.ts';
import { parseBrokerUrl } from '../jobs/broker-url.ts';
import type { ResolvedJobsOptions } from '../jobs/resolve-jobs-options.ts';

/**
 * The URL of a broker that several processes can have.
 *
 * @throws ERR_USAGE for none, and for one that exists inside of a process
 */
export function readSharedBroker(command: string, { broker }: ResolvedJobsOptions): string {
  if (broker === null)
    throw new VigilError(
      'ERR_USAGE',
      `vigil jobs ${command} needs a --broker, such as amqp://HOST`,
    );
  if (parseBrokerUrl(broker).kind === 'amqp') return broker;
  const text = `"${broker}" exists inside of one process: use vigil jobs serve, or amqp://HOST`;
  throw new VigilError('ERR_USAGE', text);
}
