const SECRET_NAME = /KEY|TOKEN|SECRET|PASS|AUTH|DSN/i;
const URL_WITH_CREDENTIALS = /^[a-z][a-z\d+.-]*:\/\/([^/?#\s]*)@/i;

/**
 * What of an environment variable must not be read by others: its whole value when its name looks like KEY, TOKEN,
 * SECRET, PASS, AUTH or DSN; of a URL with credentials the whole, the credentials and the password. Empty when nothing.
 */
export function listSecretsOf(name: string, value: string): string[] {
  const credentials = URL_WITH_CREDENTIALS.exec(value)?.[1];
  if (credentials === undefined) return SECRET_NAME.test(name) ? [value] : [];
  const colon = credentials.indexOf(':');
  const user = colon === -1 ? credentials : credentials.slice(0, colon);
  const password = colon === -1 ? '' : credentials.slice(colon + 1);
  // The key of an error tracker stands where the user stands; a user's own name beside a password is no secret.
  return [value, credentials, password === '' ? user : password];
}
