// Changes what decides, a little at a time, and looks whether its own tests notice: npm run mutate [-- FILE…]
// A change that no test notices is a test that is missing, unless it changes nothing: then a page says why.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeMutants } from './mutate/make-mutants.mjs';
import { NO_PROGRAM, TestRunner } from './mutate/test-runner.mjs';

const EXPLANATIONS = 'docs/explanation/mutants.md';

const PROBE = ['failure-tally', 'heartbeat-deadline', 'stuck-loop'];
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { list: { type: 'boolean', default: false } },
});
const explained = readExplanations();
const totals = { killed: 0, survived: 0, explained: 0 };
let isComplete = true;

for (const file of positionals.length > 0 ? positionals : listTargets()) await examine(file);
if (positionals.length === 0 && !values.list) tellNeedless();
console.log(
  `${totals.killed} killed, ${totals.explained} survived as explained, ${totals.survived} survived`,
);
process.exitCode = isComplete ? 0 : 1;

function listTargets() {
  const supervision = readdirSync('lib/supervision').map((name) => `lib/supervision/${name}`);
  const machines = readdirSync('lib', { recursive: true })
    .filter((name) => name.endsWith('-machine.ts'))
    .map((name) => join('lib', name))
    .filter((file) => readFileSync(file, 'utf8').includes('TransitionTable'));
  const all = [...supervision, ...machines, ...PROBE.map((name) => `lib/probe/${name}.ts`)];
  return [...new Set(all)].sort();
}

/** The test of the same name, else all those of the same part of the house that import it. */
function testsOf(file) {
  const own = join(dirname(file).replace(/^lib/, 'test'), `${basename(file, '.ts')}.test.ts`);
  if (existsSync(own)) return [own];
  const part = join('test', file.split('/')[1] ?? '');
  return readdirSync(part, { recursive: true })
    .map((name) => join(part, name))
    .filter((name) => name.endsWith('.test.ts'))
    .filter((name) => readFileSync(name, 'utf8').includes(`/${file}'`));
}

async function examine(file) {
  const source = readFileSync(file, 'utf8');
  const mutants = makeMutants(file, source);
  if (values.list) {
    for (const { before, after } of mutants) console.log(`${file}: ${before} => ${after}`);
    return;
  }
  // Only types, or a list of words that others use.
  if (mutants.length === 0) return;
  const tests = testsOf(file);
  if (tests.length === 0) {
    tellProblem(`${file}: ${mutants.length} mutants, and no test of its own`);
    return;
  }
  const runner = new TestRunner(file, tests);
  const sound = await runner.judge(null);
  if (sound !== null) tellProblem(`${tests.join(' ')} fails without any change: ${sound}`);
  else for (const mutant of mutants) tell(file, mutant, await runner.judge(mutate(source, mutant)));
  runner.end();
}

function mutate(source, { start, end, text }) {
  return source.slice(0, start) + text + source.slice(end);
}

function tell(file, { before, after }, failure) {
  if (failure === NO_PROGRAM) return;
  if (failure !== null) {
    totals.killed++;
    return;
  }
  const explanation = explained.find(
    (one) => one.file === file && one.before === before && one.after === after,
  );
  if (explanation !== undefined) {
    explanation.isNeeded = true;
    totals.explained++;
    return;
  }
  totals.survived++;
  tellProblem(`${file}\n  - ${before}\n  + ${after}`);
}

function tellProblem(text) {
  isComplete = false;
  console.log(text);
}

/** Items such as: - `lib/a.ts`: `before` becomes `after`. Reason. */
function readExplanations() {
  if (!existsSync(EXPLANATIONS)) return [];
  return readFileSync(EXPLANATIONS, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, file, before, after] =
        /^- `([^`]+)`: ``? ?(.+?) ?``? becomes ``? ?(.*?) ?``?\. \S/.exec(line) ?? [];
      return file === undefined ? [] : [{ file, before, after, isNeeded: false }];
    });
}

function tellNeedless() {
  for (const { file, before, isNeeded } of explained)
    if (!isNeeded)
      tellProblem(`${EXPLANATIONS}: is noticed, or not there any more: ${file}: ${before}`);
}
