/** The wait before a mail is tried again, in milliseconds, by how often it has failed. */
export function retryDelayMs(attempts: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** Math.min(Math.max(attempts - 1, 0), 20), LONGEST_RETRY_MS);
}

/** Whether a mail that the server refused for good is tried once more: some servers take back what they said. */
export function isRefusalFinal(refusals: number): boolean {
  return refusals >= MAX_REFUSALS;
}

const FIRST_RETRY_MS = 20_000;
const LONGEST_RETRY_MS = 15 * 60_000;
const MAX_REFUSALS = 3;
