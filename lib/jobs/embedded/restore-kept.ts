import type { JobDesk } from './job-desk.ts';
import { del, type JobStore, type StoreChange } from './job-store.ts';
import type { KeptTally } from './kept-tally.ts';
import type { MailboxDesk } from './mailbox-desk.ts';
import { parseJob, parseKey, parseLetter, type StoreKey } from './records.ts';

export interface KeptParts {
  readonly jobs: JobDesk;
  readonly mailboxes: MailboxDesk;
  readonly tally: KeptTally;
}

/** Takes over what the store has of the time before this process; what makes no sense in it is thrown away. */
export async function restoreKept(store: JobStore, parts: KeptParts): Promise<void> {
  const failures = new Map<number, number>();
  const useless: StoreChange[] = [];
  for await (const [key, text] of store.entries()) {
    const found = parseKey(key);
    if (Number.isSafeInteger(found.seq)) parts.tally.sawSeq(found.seq);
    if (found.kind === 'a!') failures.set(found.seq, Number(text));
    else if (!restoreOne(found, text, { ...parts, failures })) useless.push(del(key));
  }
  if (useless.length > 0) await store.settle(useless);
  parts.jobs.begin();
}

interface Restoring extends KeptParts {
  readonly failures: ReadonlyMap<number, number>;
}

/** False for what makes no sense. */
function restoreOne(key: StoreKey, text: string, parts: Restoring): boolean {
  switch (key.kind) {
    case 'b!':
      parts.mailboxes.restore(key.rest);
      return true;
    case 'd!':
      return parts.jobs.dead.restore(key.seq, text);
    case 'j!': {
      const job = parseJob(text);
      if (job !== null) parts.jobs.restoreJob(key.seq, job, parts.failures.get(key.seq) ?? 0);
      return job !== null;
    }
    case 'm!': {
      const letter = parseLetter(text);
      return letter !== null && parts.mailboxes.restoreLetter(key.seq, letter.head, letter.body);
    }
    case 'q!':
      parts.jobs.restoreQueue(key.rest);
      return true;
    default:
      return false;
  }
}
