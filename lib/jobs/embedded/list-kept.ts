import type { Clock } from '../../util/clock.ts';
import { openLevelStore } from './level-store.ts';
import { ADDRESS_PREFIX } from './mailbox-desk.ts';
import { parseKey } from './records.ts';

/** The names of what a directory of a broker holds. */
export interface KeptNames {
  readonly queues: readonly string[];
  /** Ids of mailboxes. */
  readonly mailboxes: readonly string[];
}

/** Lists what is in the directory of a broker that nobody uses. @throws ERR_BROKER_LOCKED, ERR_BROKER_STORE */
export async function listKept(directory: string, clock: Clock): Promise<KeptNames> {
  const store = await openLevelStore(directory, clock);
  try {
    const [queues, mailboxes] = [[] as string[], [] as string[]];
    for await (const [key] of store.entries()) {
      const { kind, rest } = parseKey(key);
      if (kind === 'q!') queues.push(rest);
      else if (kind === 'b!' && rest.startsWith(ADDRESS_PREFIX))
        mailboxes.push(rest.slice(ADDRESS_PREFIX.length));
    }
    return { queues, mailboxes };
  } finally {
    await store.close();
  }
}
