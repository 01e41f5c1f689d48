import { appendFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Does harm to one of the JSON files in a directory: more at its end, less, or nothing but noise. */
export function damageOneOf(directory, random) {
  const files = readdirSync(directory)
    .filter((name) => /\.jsonl?$/.test(name))
    .sort();
  if (files.length === 0) return;
  const file = join(directory, random.pick(files));
  const harm = random.integer(3);
  if (harm === 0) appendFileSync(file, random.bytes(1 + random.integer(100)));
  else if (harm === 1) truncateSync(file, Math.floor(statSync(file).size / 2));
  else writeFileSync(file, random.bytes(200));
}
