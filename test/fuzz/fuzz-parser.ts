import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import fc from 'fast-check';
import { HangWatch } from './hang-watch.ts';
import { exaggerationsOf, mutationsOf } from './mutations.ts';

export interface FuzzedParser {
  /** Its folder in the corpus. */
  readonly name: string;
  /** Has the bytes read, and throws when a promise about it is not kept. */
  readonly read: (bytes: Buffer) => unknown;
  /** What its inputs are made of. */
  readonly words: readonly string[];
  /** Inputs to be tried in every run of the tests; default 400. */
  readonly runs?: number;
}

const PROJECT = resolve(__dirname, '../..');
const CORPUS = join(__dirname, 'corpus');
const FOUND = join(PROJECT, 'temp/fuzz');

// Nobody's work is to wait for an input that nobody has seen before: each run of the tests tries the same ones.
const { VIGIL_FUZZ_SECONDS: seconds, VIGIL_FUZZ_SEED: chosenSeed } = process.env;
const USUAL_SEED = 20_260_901;
const MOST_SEEDS = 2 ** 31;
const firstSeed = Number(
  chosenSeed ?? (seconds === undefined ? USUAL_SEED : Date.now() % MOST_SEEDS),
);
const forMs = Number(seconds ?? 0) * 1000;

/**
 * Describes a parser of bytes that come from outside: it reads what is kept in its corpus, and whatever else comes.
 *
 * With VIGIL_FUZZ_SECONDS it goes on for so long, from another seed each time; VIGIL_FUZZ_SEED goes from that one. What
 * fails is left in temp/fuzz, made as small as can be, and belongs into the corpus once its reason is mended.
 */
export function fuzzParser({ name, read, words, runs = 400 }: FuzzedParser): void {
  const folder = join(CORPUS, name);
  const files = readdirSync(folder).sort();
  const inputs = files.map((file) => readFileSync(join(folder, file)));
  let watch: HangWatch;
  const readWatched = async (bytes: Buffer): Promise<void> => {
    watch.begin(bytes);
    await read(bytes);
    watch.end();
  };

  beforeAll(() => {
    watch = new HangWatch(name, FOUND);
  });
  afterAll(() => watch.stop());

  it.each(files)('reads %s of its corpus', async (file) => {
    await readWatched(readFileSync(join(folder, file)));
  });

  it(
    `reads whatever else comes (seed ${String(firstSeed)})`,
    async () => {
      const input = fc.oneof(
        { arbitrary: mutationsOf(inputs, words), weight: 6 },
        { arbitrary: exaggerationsOf(words), weight: 1 },
        { arbitrary: fc.uint8Array({ maxLength: 300 }).map((it) => Buffer.from(it)), weight: 1 },
      );
      const property = fc.asyncProperty(input, readWatched);
      const until = performance.now() + forMs;
      let seed = firstSeed;
      do {
        const outcome = await fc.check(property, { seed, numRuns: runs });
        if (outcome.failed) throw createFailure({ name, seed }, outcome);
        seed = (seed + 1) % MOST_SEEDS;
      } while (performance.now() < until);
    },
    60_000 + forMs * 2,
  );
}

function createFailure(
  { name, seed }: { readonly name: string; readonly seed: number },
  { counterexample, errorInstance: cause }: fc.RunDetails<[Buffer]>,
): Error {
  const [input = Buffer.alloc(0)] = counterexample ?? [];
  mkdirSync(FOUND, { recursive: true });
  const file = join(FOUND, `${name}-${String(seed)}`);
  writeFileSync(file, input);
  const shown = JSON.stringify(input.toString('latin1').slice(0, 300));
  const reason = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  return new Error(
    `${String(input.length)} bytes, kept in ${relative(PROJECT, file)}: ${shown}\n` +
      `VIGIL_FUZZ_SEED=${String(seed)} tries the same again.\n${reason}`,
  );
}
