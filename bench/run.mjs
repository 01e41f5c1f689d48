// `npm run bench`: measures Vigil against a plain cluster primary and writes docs/benchmarks.md.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { prepare } from '../scripts/demo/prepare.mjs';
import { createOtherBuild } from './session/contenders.mjs';
import { measureCrash } from './session/crash.mjs';
import { measureInstall } from './session/install.mjs';
import { measureMemory } from './session/memory.mjs';
import { measureMessages } from './session/messages.mjs';
import { measureStart } from './session/start.mjs';
import { describeMachine, readLoad, readVersion } from './support/machine.mjs';
import { writePage } from './support/page.mjs';
import { Workplace } from './support/workplace.mjs';

const USAGE = `npm run bench                         all figures, into docs/benchmarks.md
npm run bench -- --quick              few rounds; prints the page and writes nothing
npm run bench -- --only start,crash   some figures (start, crash, memory, install, messages); prints
npm run bench -- --rounds 5           another number of rounds
npm run bench -- --against DIRECTORY  one more contender: another build of this package; prints`;

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PAGE = join(ROOT, 'docs/benchmarks.md');
const FIGURES = {
  start: measureStart,
  crash: measureCrash,
  memory: measureMemory,
  install: measureInstall,
  messages: measureMessages,
};
// Memory hardly varies and takes long; times vary and take short.
const FULL = { rounds: 21, memoryRounds: 3, ipcRounds: 11, settleMs: 2000, quietMs: 10_000 };
const QUICK = { rounds: 3, memoryRounds: 1, ipcRounds: 3, settleMs: 1000, quietMs: 3000 };

try {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      rounds: { type: 'string' },
      against: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) process.stdout.write(`${USAGE}\n`);
  else await run(values);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function run({ quick, only, rounds, against }) {
  const chosen = only === undefined ? Object.keys(FIGURES) : only.split(',');
  const unknown = chosen.filter((name) => !Object.hasOwn(FIGURES, name));
  if (unknown.length > 0) throw new Error(`no figure ${unknown.join(', ')}\n${USAGE}`);
  if (process.platform !== 'linux') throw new Error('the figures are read from /proc: Linux only');
  await prepare();
  const extent = { ...(quick ? QUICK : FULL), ...(rounds && { rounds: Number(rounds) }) };
  const others = against === undefined ? [] : [createOtherBuild(against)];
  const load = [readLoad()];
  const figures = await Workplace.use(ROOT, (workplace) =>
    measureAll(chosen, { ...extent, quick, others, workplace, root: ROOT }),
  );
  load.push(readLoad());
  const page = writePage({
    machine: describeMachine(),
    version: readVersion(ROOT),
    command: 'npm run bench',
    rounds: extent.rounds,
    load,
    figures,
  });
  const isWhole = !quick && only === undefined && rounds === undefined && against === undefined;
  if (isWhole) await writeFile(PAGE, page);
  process.stdout.write(isWhole ? 'written: docs/benchmarks.md\n' : page);
}

async function measureAll(names, context) {
  const figures = [];
  for (const name of names) {
    process.stderr.write(`${name} `);
    const rounds = name === 'memory' ? context.memoryRounds : context.rounds;
    const say = () => process.stderr.write('.');
    figures.push(await FIGURES[name]({ ...context, rounds, say }));
    process.stderr.write('\n');
  }
  return figures;
}
