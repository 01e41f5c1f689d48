import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { startNode } from '../support/start-child.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeAppDirectory } from './a-server.ts';

const CLI = resolve(__dirname, '../../dist/cli/main.js');
const SERVERS = JSON.stringify({
  development: {
    chat: [
      { id: 'chat-1', host: '127.0.0.1' },
      { id: 'chat-2', host: '127.0.0.1' },
    ],
  },
});

const WHOLE = `
app.configure('all', 'master', () => {
  app.load(note('own'));
  app.event.once('start_all', () => say('start_all'));
});
app.configure('all', 'chat', () => {
  app.load(note('p1'));
  app.load(note('p2'));
});
app.registerAdmin({
  moduleId: 'rooms', type: 'pull', interval: 0.1,
  start(done) { say('rooms start'); done(); },
  masterHandler(agent, message) {
    if (message === null) agent.notifyAll('rooms', { ask: 1 });
    else say('rooms of ' + message.id);
  },
  monitorHandler(agent) { agent.notify('rooms', { id: agent.id }); },
});
app.start();
`;

describe('an application as a fleet', () => {
  it('starts the servers after the master is ready, tells all of it, and stops the master last', async () => {
    const port = await findFreePorts();
    const { base } = await makeAppDirectory(WHOLE, {
      port,
      files: { 'config/servers.json': SERVERS },
    });
    const fleet = startNode([CLI, 'fleet', 'start'], { cwd: base });
    await fleet.waitForLine(/^master-server-1 +\| start_all/);
    await fleet.waitForLine(/^master-server-1 +\| own afterStartAll/);
    for (const id of ['chat-1', 'chat-2']) {
      await fleet.waitForLine(new RegExp(`^${id} +\\| p2 afterStartAll`));
      await fleet.waitForLine(new RegExp(`\\| rooms of ${id}`));
    }
    fleet.kill('SIGTERM');
    expect((await fleet.waitForExit()).signal).toBeNull();

    // The lines of two processes are shown in the order in which they were read.
    const said = (await readFile(join(base, 'said'), 'utf8')).split('\n');
    const order = [
      ...['master-server-1 own start', 'master-server-1 own afterStart'],
      ...['master-server-1 rooms start', 'chat-1 p1 beforeStart'],
      ...['chat-1 p2 stop true', 'chat-1 p1 stop true', 'master-server-1 own stop true'],
    ].map((line) => said.indexOf(line));
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    // These two are of one process.
    const lines = fleet.output.all.map(({ text }) => text);
    const at = (pattern: RegExp): number => lines.findIndex((line) => pattern.test(line));
    expect(at(/vigil: chat-2 has ended/)).toBeLessThan(at(/\| own stop true/));
    await assertNoLeaks();
  });

  it('ends its servers in order when their master is killed in development', async () => {
    const port = await findFreePorts();
    const { base } = await makeAppDirectory(WHOLE, {
      port,
      files: { 'config/servers.json': SERVERS },
    });
    const master = startNode([join(base, 'app.js'), 'env=development'], { cwd: base });
    await master.waitForLine(/^start_all/);
    master.kill('SIGKILL');
    await master.waitForExit();
    for (const id of ['chat-1', 'chat-2']) {
      const log = join(base, 'logs', `${id}.log`);
      const text = await waitUntil(
        async () => {
          const written = await readFile(log, 'utf8');
          return written.includes('has stopped') ? written : undefined;
        },
        () => `${id} goes on`,
      );
      expect(text).toContain('the master is gone: this server ends with it');
      expect(text).toMatch(/p2 stop true\np1 stop true\n/);
    }
    await assertNoLeaks();
  });

  it('ends with 1 and one line when a component of the master fails, and starts no server', async () => {
    const port = await findFreePorts();
    const source = `app.configure('all', 'master', () => {
      app.load('db', { start(done) { done('no database'); } });
    });
    app.load(note('p1'));
    app.start();`;
    const { base } = await makeAppDirectory(source, {
      port,
      files: { 'config/servers.json': SERVERS },
    });
    const master = startNode([join(base, 'app.js')], { cwd: base });
    expect(await master.waitForExit()).toEqual({ code: 1, signal: null });
    expect(master.output.text.trim()).toMatch(
      /^vigil: master-server-1 could not start: component "db", start: no database$/m,
    );
    await expect(readFile(join(base, 'logs/chat-1.log'), 'utf8')).rejects.toThrow();
    await assertNoLeaks();
  });

  it('ends with 78 and a line for each mistake in its configuration', async () => {
    const servers = '{"development":{"chat":[{"id":"a","host":1}],"gate":3}}';
    const { base } = await makeAppDirectory('app.start();', {
      port: await findFreePorts(),
      files: { 'config/servers.json': servers },
    });
    const master = startNode([join(base, 'app.js')], { cwd: base });
    expect(await master.waitForExit()).toEqual({ code: 78, signal: null });
    expect(master.output.all.map(({ text }) => text)).toEqual([
      expect.stringMatching(
        /^vigil: .* config\/servers\.json:1:\d+: development\.chat\[0\]\.host: /,
      ),
      expect.stringMatching(/^vigil: .* config\/servers\.json:1:\d+: development\.gate: /),
    ]);
    await assertNoLeaks();
  });
});
