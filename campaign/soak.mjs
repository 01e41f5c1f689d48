// `npm run soak`: the same load for long, and whether anything grows with it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { pause } from '../bench/support/pause.mjs';
import { Workplace } from '../bench/support/workplace.mjs';
import { judgeGrowth } from './soak/judge-growth.mjs';
import { ProcessSampler } from './soak/process-sampler.mjs';
import { subjects } from './subjects.mjs';

const USAGE = `npm run soak                          ten minutes under a steady load: does anything grow?
npm run soak -- --seconds 3600        an hour
npm run soak -- --only session        only this: session, stream, jobs
npm run soak -- --allow-mb 20         the growth of memory that is not held against a process (8, and 16 for each hour)
npm run soak -- --leak-mb 5           the server of the session leaks so much a second: the check of the check`;

const OPTIONS = {
  seconds: { type: 'string', default: '600' },
  only: { type: 'string', default: 'session,stream,jobs' },
  'allow-mb': { type: 'string', default: '8' },
  'leak-mb': { type: 'string', default: '0' },
  help: { type: 'boolean', short: 'h', default: false },
};
const SAMPLES = 480;
const LEAST_PAUSE_MS = 250;
/** What has been started grows until it has seen everything once. */
const WARM_UP = 0.25;

/** The processes of each, which live as long as it. */
const PROCESSES = {
  session: async (subject) => ({
    'monitor of the session': subject.monitorPid,
    'server of the session': await subject.awaitServer(),
  }),
  stream: (subject) => ({ 'server of the stream': subject.pid }),
  jobs: (subject) => ({ 'server of jobs': subject.pid }),
};

const root = fileURLToPath(new URL('../', import.meta.url));
const { values } = parseArgs({ options: OPTIONS });
const names = values.only.split(',');
const numbers = Object.fromEntries(
  ['seconds', 'allow-mb', 'leak-mb'].map((key) => [key, Number(values[key])]),
);
if (values.help) console.log(USAGE);
else if (!areUsable()) {
  console.error(USAGE);
  process.exitCode = 64;
} else process.exitCode = await Workplace.use(root, soak);

function areUsable() {
  const areKnown = names.every((name) => Object.hasOwn(PROCESSES, name));
  return areKnown && Object.values(numbers).every((number) => number >= 0);
}

async function soak(workplace) {
  const directory = mkdtempSync(join(tmpdir(), 'vigil-soak-'));
  const probe = fileURLToPath(new URL('./soak/handle-probe.cjs', import.meta.url));
  // For all that is started from here on, and what that starts.
  process.env.NODE_OPTIONS = `--require ${JSON.stringify(probe)}`;
  process.env.VIGIL_SOAK = directory;
  if (numbers['leak-mb'] > 0) process.env.CAMPAIGN_LEAK_MB = String(numbers['leak-mb']);
  const running = [];
  try {
    const samplers = [];
    for (const name of names) {
      const subject = await subjects[name].start(workplace, { isPatient: true });
      running.push(subject);
      for (const [what, pid] of Object.entries(await PROCESSES[name](subject)))
        samplers.push(new ProcessSampler(what, pid, directory));
    }
    await sampleAll(samplers);
    const isWell = report(samplers);
    for (const subject of running) await subject.finish();
    return isWell ? 0 : 1;
  } finally {
    for (const subject of running) await subject.abandon();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function sampleAll(samplers) {
  const ms = numbers.seconds * 1000;
  const begin = performance.now();
  const every = Math.max(LEAST_PAUSE_MS, ms / SAMPLES);
  for (let at = 0; at < ms; at = performance.now() - begin) {
    if (at >= ms * WARM_UP) for (const sampler of samplers) sampler.take(at);
    await pause(every);
  }
}

/** @returns whether nothing grows */
function report(samplers) {
  let isWell = true;
  const hours = (numbers.seconds * (1 - WARM_UP)) / 3600;
  const limits = {
    memory: (numbers['allow-mb'] + 16 * hours) * 1e6,
    files: 10 + 5 * hours,
    handles: 10 + 5 * hours,
  };
  for (const { what, series } of samplers)
    for (const [figure, points] of Object.entries(series)) {
      const { text, isTooMuch } = judgeGrowth(points, { figure, limit: limits[figure] });
      console.log(`${isTooMuch ? 'GROWS ' : ''}${what}, ${text}`);
      if (isTooMuch) isWell = false;
    }
  console.log(isWell ? 'soak: nothing grows' : 'soak: something grows');
  return isWell;
}
