import type { RunningSpawner } from './start-spawner.ts';

/** Every test ends so: each port comes back, the spawner ends with 0. */
export async function finish(spawner: RunningSpawner): Promise<void> {
  await spawner.waitUntilWhole();
  expect(await spawner.stop()).toBe(0);
}

export function portOf(endpoint: string): number {
  return Number(new URL(endpoint).port);
}
