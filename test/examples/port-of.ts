import type { StartedChild } from '../support/start-child.ts';

/** The port of the n-th server process of a session, once it is ready, read from the monitor's log. */
export async function portOf(vigil: StartedChild, generation: number): Promise<string> {
  const listens = new RegExp(`server #${generation}, .* listens on port (\\d+)`);
  const port = (await vigil.waitForLine(listens))[1] ?? '';
  await vigil.waitForLine(new RegExp(`server #${generation}, .* is ready`));
  return port;
}
