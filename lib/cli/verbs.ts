export function runVerb(_argv: readonly string[]): Promise<void> {
  return Promise.resolve();
}
