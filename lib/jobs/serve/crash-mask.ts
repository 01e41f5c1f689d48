import { parseBrokerUrl } from '../broker-url.ts';
import type { ResolvedJobsOptions } from '../resolve-jobs-options.ts';

/**
 * Makes the mask for what is kept of the crash of a worker: the secrets of the environment, as in crash reports, the
 * token of the gateway and the password of the broker.
 */
export function createCrashMask({
  token,
  broker,
}: Pick<ResolvedJobsOptions, 'token' | 'broker'>): (text: string) => string {
  let mask: ((text: string) => string) | null = null;
  return (text) => {
    mask ??= createMask({
      ...(token !== null && { token }),
      ...passwordOf(broker),
    });
    return mask(text);
  };
}

// Loaded at the first crash alone.
function createMask(named: Readonly<Record<string, string>>): (text: string) => string {
  const { createSecretMask } =
    require('../../report/mask-secrets') as typeof import('../../report/mask-secrets.ts');
  const { createSafeMask } =
    require('../../notify/safe-mask') as typeof import('../../notify/safe-mask.ts');
  return createSafeMask(createSecretMask(process.env, named));
}

function passwordOf(broker: string | null): Record<string, string> {
  const place = broker === null ? null : parseBrokerUrl(broker);
  if (place?.kind !== 'amqp' || place.password === 'guest') return {};
  return { 'broker password': place.password };
}
