/**
 * Measures every contender once a round, round after round, so that a busy moment of the machine touches all.
 * Who begins changes from round to round; the first round warms the machine up and is thrown away.
 *
 * @returns the results of each contender, by name, in the order of the rounds
 */
export async function takeTurns(contenders, rounds, measure) {
  const results = new Map(contenders.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const contender of rotate(contenders, round + 1)) {
      const result = await measure(contender);
      if (round >= 0) results.get(contender.name).push(result);
    }
  }
  return results;
}

export function rotate(list, by) {
  return list.map((_, index) => list[(index + by) % list.length]);
}
