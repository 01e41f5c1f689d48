const LONGEST_NAME = 64;
const SHORTEST_PREFIX = 4;

/** The one of `names` that was probably meant by `given`, if any is near enough. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  if (given === '' || given.length > LONGEST_NAME) return undefined;
  const lower = given.toLowerCase();
  let best: { name: string; distance: number } | undefined;
  for (const name of names) {
    const distance = editDistance(lower, name.toLowerCase());
    if (distance <= tolerance(given) && (best === undefined || distance < best.distance))
      best = { name, distance };
  }
  return best?.name ?? names.find((name) => isPrefix(lower, name.toLowerCase()));
}

/**
 * How many characters must be inserted, deleted, replaced or swapped with their neighbour to turn one text into
 * the other (Damerau-Levenshtein, optimal string alignment).
 */
export function editDistance(from: string, to: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      let cost = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + (isSame ? 0 : 1),
      );
      if (isSwap(from, to, { row, column }))
        cost = Math.min(cost, at(beforePrevious, column - 2) + 1);
      current.push(cost);
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, to.length);
}

function isSwap(
  from: string,
  to: string,
  { row, column }: { row: number; column: number },
): boolean {
  return (
    row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
  );
}

function at(distances: readonly number[], index: number): number {
  return distances[index] ?? Infinity;
}

function tolerance(given: string): number {
  return Math.max(1, Math.floor(given.length / 3));
}

// "interval" for "intervalSeconds", or the other way round.
function isPrefix(given: string, name: string): boolean {
  const length = Math.min(given.length, name.length);
  return length >= SHORTEST_PREFIX && given.slice(0, length) === name.slice(0, length);
}
