import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';
import { runServer, type Session } from './run-server.ts';

const APP = `
  const answer = require('./answer.cjs');
  require('node:http').createServer(answer).listen(process.env.PORT);`;
const COMMITS = [
  '1a2b3c4d5e6f7a8b9c0d1a2b3c4d5e6f7a8b9c0d',
  '9f8e7d6c5b4a9f8e7d6c5b4a9f8e7d6c5b4a9f8e',
];

async function makeProject(): Promise<string> {
  return makeTempDirectory({
    'package.json': '{"name":"shop"}',
    'package-lock.json': '{}',
    '.git/HEAD': `${COMMITS[0] ?? ''}\n`,
    'app.cjs': APP,
    'answer.cjs': 'module.exports = (request, response) => response.end();',
  });
}

function start(
  directory: string,
  env: Record<string, string>,
  set: readonly string[],
): Promise<Session> {
  const flags = ['--state-dir', join(directory, 'state')];
  return runServer(join(directory, 'app.cjs'), { cwd: directory, flags, env, set });
}

describe('what changed since a server was last stable', () => {
  it('is told with the death of a new deploy, and of no value more than that it has changed', async () => {
    const directory = await makeProject();
    const state = join(directory, 'state/stable.json');
    const secret = 'a-secret-of-the-shop';
    const first = await start(directory, { SHOP_TOKEN: secret, SHOP_COLOR: 'green' }, [
      'heartbeat.silenceSeconds=0.5',
    ]);
    await first.ready();
    await waitUntil(
      () => statSync(state, { throwIfNoEntry: false }),
      () => 'no stable state was written',
    );
    await first.stop();
    expect(readFileSync(state, 'utf8')).not.toMatch(/a-secret-of-the-shop|green/);
    expect(statSync(state).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, 'state/stable.key')).mode & 0o777).toBe(0o600);

    rmSync(join(directory, 'state/events.jsonl'));
    writeFileSync(join(directory, '.git/HEAD'), `${COMMITS[1] ?? ''}\n`);
    writeFileSync(join(directory, 'package-lock.json'), '{"packages":{}}');
    writeFileSync(
      join(directory, 'answer.cjs'),
      `
      const { fail } = require('./fail.cjs');
      module.exports = (request, response) => request.url === '/fail' ? fail() : response.end();`,
    );
    writeFileSync(join(directory, 'fail.cjs'), `exports.fail = () => { throw new Error('new'); };`);
    const second = await start(directory, { SHOP_TOKEN: `${secret}-2`, NEW_FLAG: '1' }, [
      'polling.route=/health',
    ]);
    await second.ready();
    await second.act('/fail');
    await second.exited();
    await second.ready(2);
    await second.stop();
    const [report] = second.reports();
    expect(report?.['changedSinceStable']).toEqual([
      'commit 1a2b3c4 → 9f8e7d6',
      'package-lock.json changed',
      'answer.cjs changed',
      'fail.cjs is loaded now',
      'config: heartbeat.silenceSeconds changed, polling.route changed',
      'environment: SHOP_TOKEN changed, NEW_FLAG added, SHOP_COLOR removed',
    ]);
    await assertNoLeaks();
  });

  it('is nothing as long as no server has been stable, or when its state cannot be read', async () => {
    const directory = await makeProject();
    mkdirSync(join(directory, 'state'), { mode: 0o700 });
    writeFileSync(join(directory, 'state/stable.json'), '{"torn');
    const session = await start(directory, {}, []);
    const { pid } = await session.ready();
    process.kill(pid as number, 'SIGKILL');
    await session.ready(2);
    await session.stop();
    expect(session.reports()).toMatchObject([{ changedSinceStable: [] }]);
    await assertNoLeaks();
  });
});
