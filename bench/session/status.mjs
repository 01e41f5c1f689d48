import { join } from 'node:path';
import { Running } from '../support/running.mjs';
import { takeTurns } from '../support/take-turns.mjs';
import { vigilRun } from './contenders.mjs';
import { createTimedFigure } from './timed.mjs';

const NODE = '`node -e 0`';
const YARGS = '`node` with yargs';
const STATUS = '`vigil status`';
const STATUS_JSON = '`vigil status --json`';

/** What an operator waits for the state of a session, beside a program that only reads its arguments. */
export async function measureStatus({ root, workplace, rounds, say }) {
  const yargs = join(root, 'node_modules/yargs/index.mjs');
  const parse = `import(${JSON.stringify(yargs)}).then(({ default: yargs }) => yargs(['status']).command('status', 'shows how the server is').parse())`;
  const times = await Running.use(vigilRun, { workplace }, async (running) => {
    await running.awaitServer();
    const cli = [join(workplace.vigil, 'dist/cli/main.js'), 'status'];
    const contenders = [
      { name: NODE, words: ['-e', '0'] },
      { name: YARGS, words: ['-e', parse] },
      { name: STATUS, words: cli },
      { name: STATUS_JSON, words: [...cli, '--json'] },
    ];
    return takeTurns(contenders, rounds, async ({ words }) => {
      const took = await time(running, words);
      say();
      return took;
    });
  });
  return createTimedFigure({
    title: 'A status',
    about:
      'From the start of the command to its end, of a session that runs. Beside it a program that loads yargs, reads one command and ends.',
    times,
    base: YARGS,
    limits: { [STATUS]: 1.5, [STATUS_JSON]: 1.5 },
  });
}

async function time(running, words) {
  const startedAt = performance.now();
  const code = await running.operate(() => words);
  const took = performance.now() - startedAt;
  if (code !== 0) throw new Error(`node ${words.join(' ')} ended with ${code}: ${running.output}`);
  return took;
}
