import { VigilError, type VigilErrorCode } from '../../errors.ts';
import type { RefusalKind } from './agent-protocol.ts';

const CODES: Readonly<Record<RefusalKind, VigilErrorCode>> = {
  fenced: 'ERR_FLEET_HOST_FENCED',
  held: 'ERR_FLEET_HOST_FENCED',
  unfit: 'ERR_FLEET_HOST_UNFIT',
  malformed: 'ERR_FLEET_HOST_AGENT',
  unknown: 'ERR_FLEET_HOST_AGENT',
  failed: 'ERR_FLEET_HOST_AGENT',
};

/** What a host answered instead of doing what it was told. */
export function refusalError(
  host: string,
  { refusal, message }: { readonly refusal: RefusalKind; readonly message: string },
): VigilError {
  return new VigilError(CODES[refusal], `host ${host}: ${message}`);
}
