const WORDS = { passed: 'ok', failed: 'FAILED', skipped: 'skipped' };

/** One heading line a step, with its time; below it only what failed or was skipped. */
export function reportStep(result) {
  const word = result.failed > 0 ? WORDS.failed : result.skipped > 0 ? WORDS.skipped : WORDS.passed;
  const counts = result.passed + result.failed + result.skipped > 1 ? ` ${countsOf(result)}` : '';
  process.stdout.write(`== ${result.title}: ${word}${counts} (${seconds(result.ms)} s)\n`);
  if (result.output !== '') process.stdout.write(`${result.output.trimEnd()}\n\n`);
}

/** Prints the last line and returns the exit code. */
export function summarize(results, { allowSkips }) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const key of Object.keys(total)) {
    for (const result of results) total[key] += result[key];
  }
  if (!allowSkips && total.skipped > 0) process.stdout.write('In CI nothing may be skipped.\n');
  process.stdout.write(`${countsOf(total)}\n`);
  return total.failed > 0 || (!allowSkips && total.skipped > 0) ? 1 : 0;
}

function countsOf({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

function seconds(ms) {
  return (ms / 1000).toFixed(1);
}
