import type { HeldSockets } from '../../process/listener/held-sockets.ts';
import type { ResolvedSessionOptions } from '../options.ts';

/** Says in words which way of listening is in force. */
export function describeSocketMode(
  held: HeldSockets | null,
  options: ResolvedSessionOptions,
): string {
  if (held !== null) return 'the monitor holds the listening sockets';
  const isChosen = !options.socket.hold;
  return describeUnheld(
    isChosen ? 'socket.hold is false' : 'this Node cannot bind without accepting',
    options,
  );
}

/** What it means that the sockets are not held. */
export function describeUnheld(why: string, { standby }: ResolvedSessionOptions): string {
  const spare = standby ? ', and no spare process is kept' : '';
  return `the listening sockets are not held: ${why}; connections are refused during a restart${spare}`;
}
