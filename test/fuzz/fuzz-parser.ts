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
const seed = Number(chosenSeed ?? (seconds === undefined ? USUAL_SEED : Date.now() | 0));

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

  const timeoutMs = 60_000 + Number(seconds ?? 0) * 1000;
  it(
    `reads whatever else comes (seed ${String(seed)})`,
    async () => {
      const input = fc.oneof(
        { arbitrary: mutationsOf(inputs, words), weight: 6 },
        { arbitrary: exaggerationsOf(words), weight: 1 },
        { arbitrary: fc.uint8Array({ maxLength: 300 }).map((it) => Buffer.from(it)), weight: 1 },
      );
      const outcome = await fc.check(fc.asyncProperty(input, readWatched), {
        seed,
        ...(seconds === undefined
          ? { numRuns: runs }
          : { numRuns: 1e9, interruptAfterTimeLimit: Number(seconds) * 1000 }),
      });
      if (!outcome.failed || outcome.counterexample === null) return;
      throw createFailure(name, outcome.counterexample[0], outcome.errorInstance);
    },
    timeoutMs,
  );
}

function createFailure(name: string, input: Buffer, cause: unknown): Error {
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
