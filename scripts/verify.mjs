// Everything CI runs: `npm run verify`. Ends with one line `N passed, N failed, N skipped`.
// Uses Node's own modules only, because it must run before the first install.
import { parseArgs } from 'node:util';
import { installDependencies } from './verify/install-dependencies.mjs';
import { runCommand } from './verify/run-command.mjs';
import { runJestGroup } from './verify/run-jest-group.mjs';
import { reportStep, summarize } from './verify/report.mjs';

const script = (name, title) => ({
  title,
  run: () => runCommand(['npm', 'run', '--silent', name]),
});
const jest = (group) => ({
  title: `tests: ${group}`,
  run: () => runJestGroup(group, GROUP_OPTIONS[group]),
});

const GROUP_OPTIONS = { unit: ['--coverage'] };

const PREPARATION = [
  { title: 'install', run: installDependencies },
  { title: 'system packages', run: () => runCommand(['bash', 'scripts/system-packages.sh']) },
  script('build', 'build'),
];

const LINT = [
  script('lint', 'lint'),
  script('types', 'types of the tests'),
  script('format:check', 'formatting'),
];
const LAYERS = [script('layers', 'layering')];
const CHECKS = [
  script('unused', 'unused code'),
  script('api:check', 'API report'),
  script('check:tidy', 'tidiness'),
  script('check:links', 'links in the documentation'),
  script('check:advisories', 'known advisories'),
  script('check:licences', 'licences'),
  script('check:package', 'package'),
];

/** The same faults each time; one that finds others by chance is for whoever has the time. */
const CAMPAIGN = {
  title: 'faults under load',
  run: () => runCommand(['npm', 'run', '--silent', 'campaign', '--', '--short']),
};

const VERSIONS = {
  title: 'other versions of Node, for the tests',
  run: () => runCommand(['node', 'scripts/install-node-versions.mjs']),
};

// A stage is a list of steps that may run side by side; jest takes both cores for itself.
const FULL = [
  ...PREPARATION.map((step) => [step]),
  [VERSIONS],
  [...LINT, ...LAYERS, ...CHECKS],
  ...['unit', 'house', 'fuzz', 'process', 'package', 'examples'].map((group) => [jest(group)]),
  [CAMPAIGN],
];
const CORE = [
  [PREPARATION[0]],
  [PREPARATION[2]],
  [...LINT, ...LAYERS],
  [jest('unit')],
  [jest('house')],
];

const LANES = 2;

const { values } = parseArgs({ options: { core: { type: 'boolean', default: false } } });
const results = await runStages(values.core ? CORE : FULL);
process.exitCode = summarize(results, { allowSkips: process.env.CI !== 'true' });

async function runStages(stages) {
  const results = [];
  for (const stage of stages) {
    const stageResults = await runSideBySide(stage);
    results.push(...stageResults);
    // Without an install or a build nothing later can tell anything.
    const isPreparation = stage.some((step) => PREPARATION.includes(step));
    if (isPreparation && stageResults.some((result) => result.failed > 0)) break;
  }
  return results;
}

async function runSideBySide(steps) {
  const waiting = [...steps];
  const results = [];
  const lane = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const startedAt = Date.now();
      const outcome = await step.run();
      const result = { title: step.title, ...outcome, ms: Date.now() - startedAt };
      reportStep(result);
      results.push(result);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return results;
}
