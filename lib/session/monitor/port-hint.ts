import type { SessionJournal } from './session-journal.ts';

/** How Node ends the message of an address that is in use. */
const PORT = /:(\d{1,5})$/;

/** Says, once for each port, who has the port that the server could not have. @lazy */
export function tellPortOwners(journal: SessionJournal, warn: (text: string) => void): void {
  const told = new Set<number>();
  journal.stream.subscribe((event) => {
    if (event.type !== 'crash.detected' || event.error.code !== 'EADDRINUSE') return;
    const port = Number(PORT.exec(event.error.message)?.[1] ?? 0);
    if (port === 0 || told.has(port)) return;
    told.add(port);
    const { findPortOwners } =
      require('../../process/port-owner') as typeof import('../../process/port-owner.ts');
    const owners = findPortOwners(port).map(
      ({ pid, command }) => `pid ${String(pid)} (${command})`,
    );
    if (owners.length > 0) warn(`port ${String(port)} is in use by ${owners.join(', ')}`);
  });
}
