import type { ResolvedSessionOptions } from '../options.ts';

/** The length from which a secret can be told from a word that stands in a text by chance. */
const SHORTEST_LENGTH = 6;

const SECRET_KEY = /pass|secret|token|key/i;

/** Secrets of the configuration, by the name to show in their place: a mail server may repeat the password it refuses. */
export function listConfiguredSecrets({
  mail,
  webhook,
}: ResolvedSessionOptions): Record<string, string> {
  const secrets: Record<string, string> = { 'webhook secret': webhook?.secret ?? '' };
  const { transport = '' } = mail ?? {};
  if (typeof transport === 'string') secrets['mail password'] = passwordOf(transport);
  else Object.assign(secrets, secretsIn(transport));
  return Object.fromEntries(
    Object.entries(secrets).filter(([, value]) => value.length >= SHORTEST_LENGTH),
  );
}

function passwordOf(url: string): string {
  try {
    return decodeURIComponent(new URL(url).password);
  } catch {
    return '';
  }
}

/** Of nodemailer's options: those of `auth` and the like, at whatever depth. */
function secretsIn(options: object, depth = 0): Record<string, string> {
  const secrets: Record<string, string> = {};
  for (const [key, value] of Object.entries(options) as [string, unknown][]) {
    if (typeof value === 'string' && SECRET_KEY.test(key)) secrets[`mail ${key}`] = value;
    else if (typeof value === 'object' && value !== null && depth < 4)
      Object.assign(secrets, secretsIn(value, depth + 1));
  }
  return secrets;
}
