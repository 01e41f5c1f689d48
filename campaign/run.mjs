// `npm run campaign`: throws faults at real servers under load, by chance but repeatable, and checks what is promised.
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { Workplace } from '../bench/support/workplace.mjs';
import { drive } from './drive.mjs';
import { subjects } from './subjects.mjs';
import { bePatient } from './support/patience.mjs';

const USAGE = `npm run campaign                          five minutes of faults, from a new seed
npm run campaign -- --seconds 3600        longer
npm run campaign -- --seed 17             the faults of that seed again
npm run campaign -- --only session,jobs   only these subjects: ${Object.keys(subjects).join(', ')}
npm run campaign -- --steps 5             so many faults for each subject, however long they take
npm run campaign -- --short               a few faults that are always the same, for each change of the code`;

// Of each subject the faults that it names for that; on a machine that is busy with whatever else, its verdict is the same.
const SHORT = { seed: 1, patience: 4, sideBySide: 2 };

const OPTIONS = {
  seconds: { type: 'string', default: '300' },
  steps: { type: 'string' },
  seed: { type: 'string' },
  only: { type: 'string' },
  short: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
};

const root = fileURLToPath(new URL('../', import.meta.url));
const { values } = parseArgs({ options: OPTIONS });
if (values.help) console.log(USAGE);
else process.exitCode = await run();

async function run() {
  const names = values.only?.split(',') ?? Object.keys(subjects);
  const unknown = names.filter((name) => !Object.hasOwn(subjects, name));
  const seed = readNumber('seed', values.seed ?? (values.short ? String(SHORT.seed) : newSeed()));
  const limit = {
    steps: readNumber('steps', values.steps ?? Infinity),
  };
  const seconds = readNumber('seconds', values.seconds);
  if (unknown.length > 0 || [seed, limit.steps, seconds].some(Number.isNaN)) {
    console.error(unknown.length > 0 ? `unknown: ${unknown.join(', ')}\n${USAGE}` : USAGE);
    return 64;
  }
  const each = {
    ...limit,
    ms: values.short || limit.steps < Infinity ? Infinity : (seconds * 1000) / names.length,
    isShort: values.short,
  };
  if (values.short) bePatient(SHORT.patience);
  return Workplace.use(root, async (workplace) => {
    let failed = 0;
    const waiting = [...names];
    const lane = async () => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        const isWhole = await drive(subjects[name], { name, workplace, seed, ...each });
        if (!isWhole) failed += 1;
      }
    };
    await Promise.all(Array.from({ length: values.short ? SHORT.sideBySide : 1 }, lane));
    console.log(
      failed === 0
        ? `campaign: every promise held, seed ${String(seed)}`
        : `campaign: ${String(failed)} of ${String(names.length)} subjects broke a promise, seed ${String(seed)}`,
    );
    return failed === 0 ? 0 : 1;
  });
}

function readNumber(name, text) {
  const number = Number(text);
  if (!(number >= 0)) console.error(`--${name}: expected a number`);
  return number >= 0 ? number : NaN;
}

function newSeed() {
  return String(Math.floor(Math.random() * 1e6));
}
