import { toUnitText } from '../util/systemd-quoting.ts';

/** What a socket unit of systemd says about a session. */
export interface SocketFacts {
  readonly name: string;
  /** At least one. */
  readonly ports: readonly number[];
}

/** Writes the socket unit of a session; it starts the service of the same name. */
export function createSocketUnit({ name, ports }: SocketFacts): string {
  return `[Unit]
Description=${toUnitText(name)}: its listening sockets

[Socket]
# Connections wait here while the service is down or replaced.
${ports.map((port) => `ListenStream=${String(port)}`).join('\n')}
# As many may wait as with a socket of Node's own.
Backlog=511

[Install]
WantedBy=sockets.target
`;
}
