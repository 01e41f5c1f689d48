/** Ends the agent. Its servers are no part of it: they go on. */
export function endAgent(): void {
  process.exit(0);
}
