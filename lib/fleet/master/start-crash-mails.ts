import type { FleetPlan } from '../plan/server-entry.ts';
import type { CrashMailsOptions } from './open-crash-mails.ts';

/** Mails crashes, where the plan says to whom; what it takes is loaded only then. @returns what sends the rest and ends it */
export function startCrashMails(
  { base, env, master: { mail } }: Pick<FleetPlan, 'base' | 'env' | 'master'>,
  surroundings: Omit<CrashMailsOptions, 'base' | 'env' | 'mail'>,
): () => Promise<void> {
  if (mail === null) return () => Promise.resolve();
  const { openCrashMails } =
    require('./open-crash-mails') as typeof import('./open-crash-mails.ts');
  return openCrashMails({ ...surroundings, mail, base, env });
}
