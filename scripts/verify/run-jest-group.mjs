import { mkdir, readFile, rm } from 'node:fs/promises';
import { runProgram } from './run-command.mjs';

/** Runs one group of tests and counts them; what failed is shown in full, what was skipped by name. */
export async function runJestGroup(group, options = []) {
  const file = `temp/jest-${group}.json`;
  await mkdir('temp', { recursive: true });
  await rm(file, { force: true });
  const { code, output } = await runProgram('npm', [
    ...['exec', '--silent', '--', 'jest', '--selectProjects', group, '--silent'],
    ...['--passWithNoTests', '--json', '--outputFile', file, ...options],
  ]);
  const results = await readResults(file);
  if (results === undefined) return { passed: 0, failed: 1, skipped: 0, output };
  return countResults(results, { code, output });
}

async function readResults(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function countResults(results, { code, output }) {
  const counts = {
    passed: results.numPassedTests,
    // A file can fail although none of its tests did: it did not load, or Node warned.
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    skipped: results.numPendingTests + results.numTodoTests,
  };
  if (code !== 0 && counts.failed === 0) return { ...counts, failed: 1, output };
  const failures = results.testResults.filter((file) => file.status === 'failed');
  return {
    ...counts,
    output: [
      ...failures.map((file) => `${file.name}\n${file.message}`),
      ...namesOfSkipped(results),
    ].join('\n'),
  };
}

function namesOfSkipped(results) {
  return results.testResults
    .flatMap((file) => file.assertionResults)
    .filter((test) => ['pending', 'skipped', 'todo'].includes(test.status))
    .map((test) => `skipped: ${test.fullName}`);
}
