// `npm run bench`: measures Vigil against a plain cluster primary, or beside other supervisors, and writes
// docs/benchmarks.md.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { prepare } from '../scripts/demo/prepare.mjs';
import {
  measureJobClients,
  measureJobsBesideBull,
  measureJobsInMemory,
  measureJobsOnDisk,
  measureJobsOnRabbit,
} from './jobs/jobs.mjs';
import { measureFleetSizes, measureFleetStart } from './fleet/fleet.mjs';
import { measureDecode } from './lwes/decode.mjs';
import { choosePeers, measurePeers } from './peers/measure-peers.mjs';
import { readSection, replaceSection, writeSection } from './peers/write-section.mjs';
import { createOtherBuild } from './session/contenders.mjs';
import { measureCrash } from './session/crash.mjs';
import { measureDashboard } from './session/dashboard.mjs';
import { measureInstall } from './session/install.mjs';
import { measureMemory } from './session/memory.mjs';
import { measureMessages } from './session/messages.mjs';
import { measureSilentMail } from './session/silent-mail.mjs';
import { measureStart } from './session/start.mjs';
import { measureStatus } from './session/status.mjs';
import { measureWatched } from './session/watched.mjs';
import { measureStream } from './stream/stream.mjs';
import { measureCycles } from './spawner/cycles.mjs';
import { measureProxy } from './spawner/proxy.mjs';
import { measureSpawnTimes } from './spawner/spawn-times.mjs';
import { describeMachine, readLoad, readVersion } from './support/machine.mjs';
import { writePage } from './support/page.mjs';
import { Workplace } from './support/workplace.mjs';

const USAGE = `npm run bench                         all figures, into docs/benchmarks.md
npm run bench:peers                   other supervisors beside this one, into their section of that page
                                      (the same as npm run bench -- --only peers)
npm run bench -- --quick              few rounds; prints the page and writes nothing
npm run bench -- --only start,crash   some figures (start, crash, mail, watched, memory, dashboard, install, messages, status, spawn, proxy, cycles, decode, stream, fleet-start, fleet-sizes, jobs-memory, jobs-disk, jobs-rabbitmq, jobs-bullmq, jobs-clients, peers); prints
npm run bench -- --rounds 5           another number of rounds
npm run bench -- --against DIRECTORY  one more contender: another build of this package; prints
npm run bench -- --only peers --contenders vigil,forever --scenarios kill,hang
                                      some of them, beside bare node and a plain cluster; prints

jobs-rabbitmq and jobs-bullmq want rabbitmq-server and redis-server on this machine, which they start by themselves.
The other programs are installed from the package registry into the user's cache, when they are first asked for.`;

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PAGE = join(ROOT, 'docs/benchmarks.md');
const FIGURES = {
  start: measureStart,
  crash: measureCrash,
  mail: measureSilentMail,
  watched: measureWatched,
  memory: measureMemory,
  dashboard: measureDashboard,
  install: measureInstall,
  messages: measureMessages,
  status: measureStatus,
  stream: measureStream,
  spawn: measureSpawnTimes,
  proxy: measureProxy,
  cycles: measureCycles,
  decode: measureDecode,
  'fleet-start': measureFleetStart,
  'fleet-sizes': measureFleetSizes,
  'jobs-memory': measureJobsInMemory,
  'jobs-disk': measureJobsOnDisk,
  'jobs-rabbitmq': measureJobsOnRabbit,
  'jobs-bullmq': measureJobsBesideBull,
  'jobs-clients': measureJobClients,
};
const PEERS = 'peers';
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
      contenders: { type: 'string' },
      scenarios: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) process.stdout.write(`${USAGE}\n`);
  else await run(values);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function run({ quick, only, rounds, against, contenders, scenarios }) {
  const chosen = only === undefined ? Object.keys(FIGURES) : only.split(',');
  const unknown = chosen.filter((name) => name !== PEERS && !Object.hasOwn(FIGURES, name));
  if (unknown.length > 0) throw new Error(`no figure ${unknown.join(', ')}\n${USAGE}`);
  const choice = choosePeers({ contenders, scenarios });
  if (process.platform !== 'linux') throw new Error('the figures are read from /proc: Linux only');
  await prepare();
  const extent = { ...(quick ? QUICK : FULL), ...(rounds && { rounds: Number(rounds) }) };
  const others = against === undefined ? [] : [createOtherBuild(against)];
  const context = { ...extent, quick, others, root: ROOT };
  const isWhole =
    !quick && [rounds, against, contenders, scenarios].every((value) => value === undefined);
  const names = chosen.filter((name) => name !== PEERS);
  if (names.length > 0) {
    const text = await writeFigures(names, context);
    await handOver(text, isWhole && only === undefined, (page) =>
      replaceSection(text, readSection(page)),
    );
  }
  if (chosen.includes(PEERS)) {
    const wishes = { quick, choice, rounds: rounds && Number(rounds) };
    const text = await writePeers(wishes);
    await handOver(text, isWhole, (page) => replaceSection(page, text));
  }
}

/** Prints what was measured, or writes it into its place on the page. */
async function handOver(text, isWhole, change) {
  if (isWhole) await writeFile(PAGE, change(await readFile(PAGE, 'utf8')));
  process.stdout.write(isWhole ? 'written: docs/benchmarks.md\n' : text);
}

async function writeFigures(names, context) {
  const { result: figures, ...circumstances } = await measureHere((workplace) =>
    measureAll(names, { ...context, workplace }),
  );
  return writePage({ ...circumstances, command: 'npm run bench', rounds: context.rounds, figures });
}

async function writePeers(wishes) {
  process.stderr.write(PEERS);
  const measured = await measureHere((workplace) => measurePeers({ ...wishes, workplace, say }));
  process.stderr.write('\n');
  return writeSection({ ...measured, command: 'npm run bench:peers' });
}

/** The result of a measurement, and what has to be known about the machine. */
async function measureHere(measure) {
  const load = [readLoad()];
  const result = await Workplace.use(ROOT, measure);
  load.push(readLoad());
  return { machine: describeMachine(), version: readVersion(ROOT), load, result };
}

async function measureAll(names, context) {
  const figures = [];
  for (const name of names) {
    process.stderr.write(`${name} `);
    const rounds = name === 'memory' ? context.memoryRounds : context.rounds;
    figures.push(await FIGURES[name]({ ...context, rounds, say }));
    process.stderr.write('\n');
  }
  return figures;
}

function say(text = '.') {
  process.stderr.write(text);
}
