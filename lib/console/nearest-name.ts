const LONGEST_COMPARED = 64;

/** Finds the name that was probably meant: the nearest by edits, if it is near, else one that begins the same way. */
export function findNearestName(typed: string, names: readonly string[]): string | undefined {
  if (typed === '' || typed.length > LONGEST_COMPARED) return undefined;
  let best: { name: string; distance: number } | undefined;
  for (const name of names) {
    const distance = countEdits(typed.toLowerCase(), name.slice(0, LONGEST_COMPARED).toLowerCase());
    if (distance < (best?.distance ?? Infinity)) best = { name, distance };
  }
  if (best !== undefined && best.distance <= Math.max(1, Math.floor(typed.length / 3)))
    return best.name;
  return names.find((name) => name.startsWith(typed));
}

function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
