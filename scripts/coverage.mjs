// How much of each file is run by the tests, in their own process and in those they start: npm run coverage [-- PATH…]
// With paths only the tests there are run, which says less than there is; --add adds them to what was measured before.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { mergeCoverage } from './coverage/merge-coverage.mjs';
import { runProgram } from './verify/run-command.mjs';

/** What keeps servers up; the rest stands on it. */
const CORE = ['supervision', 'process', 'ipc', 'session', 'probe', 'config', 'report'];
const LEAST_PERCENT = 90;

const THREAD_STARTER = 'dist/session/worker/watchdog/watchdog.js';
const PLACE = resolve('temp/coverage');
const PLACES = { tests: `${PLACE}/tests`, children: `${PLACE}/children`, maps: `${PLACE}/maps` };

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    add: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
  },
});

let isSound = true;
await measure();
const files = await mergeCoverage(PLACES);
await run('npm', ['run', '--silent', 'build']);
report(files);
process.exitCode = isSound ? 0 : 1;

async function measure() {
  if (!values.add) rmSync(PLACE, { recursive: true, force: true });
  mkdirSync(PLACES.children, { recursive: true });
  // As it is compiled, file by file: what the build packs together has no lines of its own any more.
  await run('npx', ['tsc', '-p', 'tsconfig.json']);
  await run('npx', ['tsc', '-p', 'tsconfig.json', '--sourceMap', '--outDir', PLACES.maps]);
  letThreadsBeSeen();
  process.env.COVERAGE_OF_CHILDREN = PLACES.children;
  const tests =
    positionals.length > 0 ? positionals : ['--selectProjects', 'unit', 'process', 'fuzz'];
  await run('npx', [
    ...['jest', ...tests, '--silent', '--coverage', '--coverageReporters', 'json'],
    ...[
      '--coverageDirectory',
      `${PLACES.tests}/${String(Date.now())}`,
      '--collectCoverageFrom',
      'lib/**/*.ts',
    ],
    ...['--coverageThreshold', '{}'],
  ]);
}

/** The thread that watches a server has an environment of its own, in which it would not be told to measure. */
function letThreadsBeSeen() {
  const text = readFileSync(THREAD_STARTER, 'utf8');
  const changed = text.replace(
    'env: {},',
    'env: { NODE_V8_COVERAGE: process.env.NODE_V8_COVERAGE },',
  );
  if (changed === text)
    throw new Error(`${THREAD_STARTER} starts its thread in another way by now`);
  writeFileSync(THREAD_STARTER, changed);
}

async function run(program, args) {
  const { code, output } = await runProgram(program, args, { limitMs: 60 * 60_000 });
  if (code === 0) return;
  isSound = false;
  console.log(`${program} ${args.slice(0, 2).join(' ')} ended with ${String(code)}\n${output}`);
}

function report(files) {
  const core = files.filter(({ file }) => CORE.some((part) => file.startsWith(`lib/${part}/`)));
  for (const { file, covered, lines, missing } of values.all ? files : core) {
    const percent = percentOf({ covered, lines });
    if (percent < LEAST_PERCENT)
      console.log(`${percent.toFixed(0).padStart(3)} % ${file}: ${missing.join(', ')}`);
  }
  const low = core.filter((one) => percentOf(one) < LEAST_PERCENT);
  if (low.length > 0) isSound = false;
  for (const [name, of] of [...CORE.map((part) => [part, inPart(files, part)]), ['all', files]])
    console.log(`${percentOf(sum(of)).toFixed(1).padStart(5)} % ${name}`);
  console.log(
    `${String(low.length)} of ${String(core.length)} files of the core are below ${String(LEAST_PERCENT)} %`,
  );
}

function inPart(files, part) {
  return files.filter(({ file }) => file.startsWith(`lib/${part}/`));
}

function sum(files) {
  const total = (key) => files.reduce((all, one) => all + one[key], 0);
  return { covered: total('covered'), lines: total('lines') };
}

function percentOf({ covered, lines }) {
  return lines === 0 ? 100 : (covered / lines) * 100;
}
