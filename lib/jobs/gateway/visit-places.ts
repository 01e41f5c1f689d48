import type { Answer } from './pending-claim.ts';

/**
 * Asks one place after the other; what one says of further places makes the way longer.
 *
 * @param visited - places that need not be asked; those that were are added
 * @param ask - null: it does not answer
 * @returns `silent` when a place did not answer before anything was found
 */
export async function visitPlaces(
  first: readonly string[],
  visited: Set<string>,
  { ask, most }: { readonly ask: (at: string) => Promise<Answer | null>; readonly most: number },
): Promise<'found' | 'unknown' | 'silent'> {
  const ahead = [...first];
  let found: 'found' | 'unknown' = 'unknown';
  for (const at of ahead) {
    if (visited.has(at) || visited.size > most) continue;
    visited.add(at);
    const answer = await ask(at);
    if (answer === null && found === 'unknown') return 'silent';
    if (answer === null || answer.kind === 'unknown') continue;
    if (answer.kind === 'found') found = 'found';
    ahead.push(...answer.also);
  }
  return found;
}
