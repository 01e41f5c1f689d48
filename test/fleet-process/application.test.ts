import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { findFreePorts } from '../support/free-ports.ts';
import type { StartedChild } from '../support/start-child.ts';
import { waitUntil } from '../support/wait-until.ts';
import { type AMaster, closeMasters, makeAppDirectory, startMaster } from './a-server.ts';

const TWO = `app.load(note('p1')); app.load('p2', () => note('p2'));\n`;

const LIFECYCLE = `module.exports = {
  beforeStartup(app, done) { console.log('LC beforeStartup'); done(); },
  async afterStartup() { console.log('LC afterStartup'); },
  beforeShutdown(app, shutDown) { console.log('LC beforeShutdown'); shutDown(); },
  afterStartAll() { console.log('LC afterStartAll'); },
};
`;

function linesOf(child: StartedChild): string[] {
  return child.output.all.filter(({ stream }) => stream === 'stdout').map(({ text }) => text);
}

afterEach(closeMasters);

function waitForRecord({ started }: AMaster): Promise<string> {
  return waitUntil(
    () => started.find((id) => id === 'chat-1'),
    () => 'no record',
  );
}

describe('an application as a server', () => {
  it('registers, starts and stops in the order of the specification, and loads no module of others', async () => {
    const master = await startMaster();
    const files = { 'app/servers/chat/lifecycle.js': LIFECYCLE };
    const foreign = `process.on('exit', () => {
      say('foreign: ' + Object.keys(require.cache).filter((path) => path.includes('node_modules')));
    });\n`;
    const { startServer } = await makeAppDirectory(
      `${TWO}${foreign}app.start((e) => say('start: ' + e));`,
      {
        port: master.port,
        files,
      },
    );
    const child = startServer();
    await child.waitForLine(/^start: undefined/);
    await waitForRecord(master);
    const told = await master.server.ask({
      serverId: 'chat-1',
      moduleId: '__console__',
      body: { signal: 'list' },
      deadlineMs: 20_000,
    });
    expect(told.error).toMatchObject({
      serverId: 'chat-1',
      body: { serverType: 'chat', pid: child.pid, connections: 0, state: 4 },
    });
    master.watcher.tellStartOver();
    await child.waitForLine(/^LC afterStartAll/);
    master.server.notifyById('chat-1', '__console__', { signal: 'stop' });
    expect(await child.waitForExit()).toEqual({ code: 0, signal: null });
    expect(linesOf(child).filter((line) => !line.startsWith('vigil: chat-1 has started'))).toEqual([
      ...['LC beforeStartup', 'p1 beforeStart', 'p2 beforeStart', 'p1 start', 'p2 start'],
      ...['p1 afterStart', 'p2 afterStart', 'LC afterStartup', 'start: undefined'],
      ...['p1 afterStartAll', 'p2 afterStartAll', 'LC afterStartAll', 'LC beforeShutdown'],
      ...['p2 stop true', 'p1 stop true', 'vigil: chat-1 has stopped', 'foreign: '],
    ]);
    await closeMasters();
    await assertNoLeaks();
  });

  it('runs without its master, and registers and reports itself started once there is one', async () => {
    const port = await findFreePorts();
    const { startServer } = await makeAppDirectory(`${TWO}app.start((e) => say('start: ' + e));`, {
      port,
    });
    const child = startServer();
    await child.waitForLine(/^start: undefined/);
    const master = await startMaster({ port });
    await waitForRecord(master);
    child.kill('SIGTERM');
    expect(await child.waitForExit()).toEqual({ code: 0, signal: null });
    expect(linesOf(child)).toContain('p1 stop true');
    await closeMasters();
    await assertNoLeaks();
  });

  it('says that its token is refused, stops what has started, and ends', async () => {
    const { port } = await startMaster({ tokens: [{ type: 'chat', token: 'right' }] });
    const files = { 'config/adminServer.json': '[{"type":"chat","token":"wrong"}]' };
    const { startServer } = await makeAppDirectory(`${TWO}app.start();`, { port, files });
    const child = startServer();
    expect(await child.waitForExit()).toEqual({ code: 1, signal: null });
    expect(child.output.text).toMatch(/chat-1 could not start: .*server auth failed/);
    expect(linesOf(child).slice(-2)).toEqual(['p2 stop false', 'p1 stop false']);
    expect(child.output.text).not.toMatch(/ at .*\.js:/);
    await closeMasters();
    await assertNoLeaks();
  });

  it('ends with one line and 1 when a component fails, though something keeps its loop busy', async () => {
    const port = await findFreePorts();
    const source = `app.load(note('p1')); setInterval(() => {}, 1000);
      app.load({ name: 'db', start(done) { done(new Error('no database')); } });
      app.start();`;
    const { startServer } = await makeAppDirectory(source, { port });
    const child = startServer();
    expect(await child.waitForExit()).toEqual({ code: 1, signal: null });
    expect(child.output.text.split('\n').filter((line) => line !== '')).toEqual(
      expect.arrayContaining([
        'p1 stop false',
        'vigil: chat-1 could not start: component "db", start: no database',
      ]),
    );
    await closeMasters();
    await assertNoLeaks();
  });

  it('ends with 78 and one line when its configuration cannot be read', async () => {
    const { startServer } = await makeAppDirectory('app.start();', {
      port: 1,
      files: { 'config/master.json': '{ "development": {"id" 1} }' },
    });
    const child = startServer();
    expect(await child.waitForExit()).toEqual({ code: 78, signal: null });
    expect(child.output.text.trim()).toMatch(/^vigil: \/.*config\/master\.json:1:24: [^\n]*$/);
    await closeMasters();
    await assertNoLeaks();
  });
});
