import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { type SpawnedVigil, spawnVigil } from '../support/spawn-vigil.ts';
import { startNode } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { request } from '../support/request.ts';
import { fixture } from './run-server.ts';

const CLI = join(__dirname, '../../dist/cli/main.js');

async function envOf(vigil: SpawnedVigil): Promise<Record<string, string>> {
  const [, port] = await vigil.waitForLine(/listens on port (\d+)/);
  const { body } = await request(`http://127.0.0.1:${port}/`);
  return JSON.parse(body).env;
}

describe('a configuration file', () => {
  it('of the ancestor loads unchanged', async () => {
    const cwd = await makeTempDirectory({
      'session.config.json': JSON.stringify({
        showServerOutput: true,
        ports: { server: 0, socket: 4321 },
        identifiers: {
          master: { text: 'the-monitor', color: 'yellow' },
          worker: { text: 'the-server', color: 'magenta' },
          exec: { text: 'the-exec', color: 'green' },
        },
        polling: { route: '/health', intervalSeconds: 1, failureTolerance: 0 },
      }),
    });
    const vigil = await spawnVigil(['run', fixture('acts.cjs')], { cwd });
    await vigil.waitForLine(/the-monitor .*is ready/);
    expect(await envOf(vigil)).toMatchObject({
      serverPort: '0',
      socketPort: '4321',
      pollingRoute: '/health',
      pollingFailureTolerance: '0',
    });
    expect(await vigil.stop()).toMatchObject({ code: 0 });
    await assertNoLeaks();
  });

  it('gives way to flags, and those to what is set later', async () => {
    const cwd = await makeTempDirectory({
      'my.json': '{ "name": "from-file", "ports": { "server": 1 }, "polling": { "route": "/x" } }',
    });
    const words = ['-c', 'my.json', '-p', '0', '--route', '/health', '--set', 'name=from-set'];
    const vigil = await spawnVigil(['run', ...words, fixture('acts.cjs')], { cwd });
    await vigil.waitForLine(/session "from-set" started/);
    expect(await envOf(vigil)).toMatchObject({ serverPort: '0', pollingRoute: '/health' });
    expect(await vigil.stop()).toMatchObject({ code: 0 });
    await assertNoLeaks();
  });

  it('has its relative paths start from its own folder', async () => {
    const directory = await makeTempDirectory({
      'config/session.json': '{ "stateDirectory": "here", "ports": { "server": 0 } }',
      'work/readme': '',
    });
    const cli = [CLI, 'run', fixture('acts.cjs'), '--config', '../config/session.json'];
    const child = startNode(cli, { cwd: join(directory, 'work') });
    await child.waitForLine(/is ready/);
    child.kill('SIGTERM');
    expect(await child.waitForExit()).toMatchObject({ code: 0 });
    expect(existsSync(join(directory, 'config/here/events.jsonl'))).toBe(true);
    await assertNoLeaks();
  });

  it('that is not there leaves a session with the name and folder of its package', async () => {
    const cwd = await makeTempDirectory({ 'package.json': '{ "name": "@shop/front" }' });
    const child = startNode([CLI, 'run', fixture('acts.cjs'), '-p', '0'], { cwd });
    const [, name] = await child.waitForLine(/session "(.+)" started/);
    await child.waitForLine(/is ready/);
    child.kill('SIGTERM');
    await child.waitForExit();
    expect(existsSync(join(cwd, '.vigil', String(name).replace('/', '-'), 'events.jsonl'))).toBe(
      true,
    );
    await assertNoLeaks();
  });
});

describe('the output of vigil run', () => {
  it('leaves out what the server writes with showServerOutput false, and keeps it on disk', async () => {
    const vigil = await spawnVigil(
      ['run', fixture('acts.cjs'), '-p', '0', '--set', 'showServerOutput=false'],
      {},
    );
    const [, port] = await vigil.waitForLine(/listens on port (\d+)/);
    await request(`http://127.0.0.1:${port}/stderr/secretly`);
    await vigil.stop();
    expect(vigil.lines).not.toContain('secretly');
    expect(readFileSync(join(vigil.stateDirectory, 'server.log'), 'utf8')).toContain('secretly');
    await assertNoLeaks();
  });

  it('is one JSON object a line with --log json', async () => {
    const vigil = await spawnVigil(['run', fixture('acts.cjs'), '-p', '0', '--log', 'json']);
    await vigil.waitForLine(/is ready/);
    await vigil.stop();
    for (const line of vigil.lines) {
      expect(JSON.parse(line)).toMatchObject({
        at: expect.any(String),
        stream: 'monitor',
        level: 'info',
        source: '__monitor__',
        line: expect.any(String),
      });
    }
    await assertNoLeaks();
  });

  it('is nothing with --quiet as long as all is well', async () => {
    const vigil = await spawnVigil(['run', fixture('acts.cjs'), '-p', '0', '--quiet']);
    await vigil.events().waitFor('worker.ready');
    await vigil.stop();
    expect(vigil.lines).toEqual([]);
    await assertNoLeaks();
  });

  it('hides the values of secret variables, in reports and events too', async () => {
    const secret = 'correct-horse-battery';
    const vigil = await spawnVigil(['run', fixture('acts.cjs'), '-p', '0'], {
      env: { DB_PASSWORD: secret },
    });
    const [, port] = await vigil.waitForLine(/listens on port (\d+)/);
    await request(`http://127.0.0.1:${port}/stderr/${secret}`);
    await request(`http://127.0.0.1:${port}/fail/${secret}`).catch(() => undefined);
    await vigil.waitForLine(/crash report/);
    await vigil.stop();
    const monitorLines = vigil.lines.filter((line) => line.includes('__monitor__'));
    expect(monitorLines.join('\n')).not.toContain(secret);
    const crashes = join(vigil.stateDirectory, 'crashes');
    const files = readdirSync(crashes).map((name) => join(crashes, name));
    for (const file of [...files, join(vigil.stateDirectory, 'events.jsonl')]) {
      expect(readFileSync(file, 'utf8')).not.toContain(secret);
    }
    await assertNoLeaks();
  });
});
