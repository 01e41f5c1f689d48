// `npm run bench`: measures Vigil against a plain cluster primary, or beside other supervisors, and writes
// docs/benchmarks.md.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
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
import { updateReadme } from './peers/readme-table.mjs';
import { writeSection } from './peers/write-section.mjs';
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
import { Kept } from './support/kept.mjs';
import { describeMachine, readLoad, readVersion } from './support/machine.mjs';
import { writePage } from './support/page.mjs';
import { Workplace } from './support/workplace.mjs';

const USAGE = `npm run bench                         all figures, into docs/benchmarks.md
npm run bench:peers                   other supervisors beside this one, into their section of that page
                                      (the same as npm run bench -- --only peers --keep)
npm run bench -- --quick              few rounds; prints the page and writes nothing
npm run bench -- --only start,crash   some figures (start, crash, mail, watched, memory, dashboard, install, messages, status, spawn, proxy, cycles, decode, stream, fleet-start, fleet-sizes, jobs-memory, jobs-disk, jobs-rabbitmq, jobs-bullmq, jobs-clients, peers); prints
npm run bench -- --only start --keep  measures a figure again, into its place on the page
npm run bench -- --rounds 5           another number of rounds
npm run bench -- --against DIRECTORY  one more contender: another build of this package; prints
npm run bench -- --only peers --contenders vigil,forever --scenarios kill,hang
                                      some of them, beside bare node and a plain cluster; prints

jobs-rabbitmq and jobs-bullmq want rabbitmq-server and redis-server on this machine, which they start by themselves.
The other programs are installed from the package registry into the user's cache, when they are first asked for.`;

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PAGE = join(ROOT, 'docs/benchmarks.md');
const kept = new Kept(join(ROOT, 'bench/results'));
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
      keep: { type: 'boolean', default: false },
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

async function run({ quick, only, keep, rounds, against, contenders, scenarios }) {
  const chosen = only === undefined ? [...Object.keys(FIGURES), PEERS] : only.split(',');
  const unknown = chosen.filter((name) => name !== PEERS && !Object.hasOwn(FIGURES, name));
  if (unknown.length > 0) throw new Error(`no figure ${unknown.join(', ')}\n${USAGE}`);
  const isPart = quick || [against, contenders, scenarios].some((value) => value !== undefined);
  if (keep && isPart) throw new Error('only what was measured in full is kept');
  const choice = choosePeers({ contenders, scenarios });
  if (process.platform !== 'linux') throw new Error('the figures are read from /proc: Linux only');
  const extent = { ...(quick ? QUICK : FULL), ...(rounds && { rounds: Number(rounds) }) };
  const others = against === undefined ? [] : [createOtherBuild(against)];
  const context = { ...extent, quick, others, root: ROOT };
  const wishes = { quick, choice, rounds: rounds && Number(rounds) };
  const measured = {};
  for (const name of chosen) {
    measured[name] = await (name === PEERS ? measureBeside(wishes) : measureOne(name, context));
    if (keep || (only === undefined && !isPart)) await keepOne(name, measured[name]);
  }
  if (!keep && (only !== undefined || isPart)) process.stdout.write(layOut(measured));
}

/** At once, as a run of all figures takes an hour and may be broken off. */
async function keepOne(name, measured) {
  await kept.put(name, measured);
  await writeFile(PAGE, layOut(await kept.getAll()));
  if (name === PEERS) await updateReadme(ROOT);
  process.stderr.write(`${name}: in docs/benchmarks.md\n`);
}

function layOut({ [PEERS]: peers, ...figures }) {
  const all = Object.keys(FIGURES).flatMap((name) => figures[name] ?? []);
  return all.length === 0 ? peers.text : writePage(all, peers);
}

async function measureOne(name, context) {
  process.stderr.write(`${name} `);
  const rounds = name === 'memory' ? context.memoryRounds : context.rounds;
  const { result: figure, ...circumstances } = await measureHere((workplace) =>
    FIGURES[name]({ ...context, rounds, workplace, say }),
  );
  process.stderr.write('\n');
  return { name, ...circumstances, rounds, figure };
}

async function measureBeside(wishes) {
  process.stderr.write(PEERS);
  const measured = await measureHere((workplace) => measurePeers({ ...wishes, workplace, say }));
  process.stderr.write('\n');
  return { text: writeSection({ ...measured, command: 'npm run bench:peers' }) };
}

/** The result of a measurement, and what has to be known about the machine. */
async function measureHere(measure) {
  const load = [readLoad()];
  const result = await Workplace.use(ROOT, measure);
  load.push(readLoad());
  return { machine: describeMachine(), version: readVersion(ROOT), load, result };
}

function say(text = '.') {
  process.stderr.write(text);
}
