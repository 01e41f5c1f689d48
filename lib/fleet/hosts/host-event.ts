import type { HostState } from './host-machine.ts';

/** The state of a host, as it has become. */
export interface HostStateBody {
  readonly type: `host.${Exclude<HostState, 'closed'>}`;
  readonly host: string;
  /** In one sentence; null of a host that is `up`. */
  readonly reason: string | null;
  /** The code of the error behind it. */
  readonly code: string | null;
}
