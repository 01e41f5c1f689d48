/**
 * A test that needs something of the machine that not every machine has. Where it is missing, the test is
 * skipped and the reason printed; in CI, where everything has to be there, it runs and fails.
 */
export function itWhere(isThere: boolean, missing: string): jest.It {
  if (isThere || process.env['CI'] !== undefined) return it;
  process.stderr.write(`skipped: ${missing}\n`);
  return it['skip'];
}
