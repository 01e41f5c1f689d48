import { mkdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { startRequests } from './in-flight.ts';
import { fixture, runServer } from './run-server.ts';

const ROOT = resolve(__dirname, '../..');
const CLEAN = { code: 0, signal: null };

// Answers with how it was started.
const COMMON_JS = `
  require('node:http')
    .createServer((q, r) => r.end(JSON.stringify({
      kind: 'commonjs', isMain: require.main === module, argv: process.argv, cwd: process.cwd(),
    })))
    .listen(process.env.PORT, '127.0.0.1');`;
const MODULE = `
  import { createServer } from 'node:http';
  import { pathToFileURL } from 'node:url';
  const kind = await Promise.resolve('module');
  createServer((q, r) => r.end(JSON.stringify({
    kind, isMain: import.meta.url === pathToFileURL(process.argv[1]).href,
    argv: process.argv, cwd: process.cwd(),
  }))).listen(process.env.PORT, '127.0.0.1');`;
const FILES = {
  'server.cjs': COMMON_JS,
  'server.mjs': MODULE,
  'plain.js': COMMON_JS,
  'folder/index.js': COMMON_JS,
  'typed/package.json': '{"type":"module"}',
  'typed/server.js': MODULE,
};

describe('an entry file', () => {
  it.each([
    ['server.cjs', 'server.cjs', 'commonjs'],
    ['server.mjs', 'server.mjs', 'module'],
    ['plain', 'plain.js', 'commonjs'],
    ['folder', 'folder/index.js', 'commonjs'],
    ['typed/server.js', 'typed/server.js', 'module'],
  ])('%s is started as node itself would start it', async (given, found, kind) => {
    const directory = await makeTempDirectory(FILES);
    const session = await runServer(join(directory, given));
    await session.ready();
    const answer = JSON.parse((await session.get()).body);
    expect(answer).toMatchObject({ kind, isMain: true });
    expect(answer.argv[1]).toBe(join(directory, found));
    expect(await session.stop()).toEqual(CLEAN);
    await assertNoLeaks();
  });

  it('given relative to another working directory is found, and works there', async () => {
    const directory = await makeTempDirectory(FILES);
    const cwd = join(directory, 'elsewhere', 'deep');
    await mkdir(cwd, { recursive: true });
    const session = await runServer(join(directory, 'server.cjs'), { cwd });
    await session.ready();
    expect(JSON.parse((await session.get()).body)).toMatchObject({ cwd });
    expect(await session.stop()).toEqual(CLEAN);
    const again = await runServer(relative(cwd, join(directory, 'server.mjs')), { cwd });
    await again.ready();
    expect(JSON.parse((await again.get()).body)).toMatchObject({ cwd, kind: 'module' });
    expect(await again.stop()).toEqual(CLEAN);
    await assertNoLeaks();
  });

  it('in TypeScript runs with flags of node', async () => {
    const session = await runServer('typed.ts', {
      cwd: ROOT,
      flags: ['--node-arg', '--import', '--node-arg', 'tsx'],
    });
    await session.ready();
    expect(await session.get()).toMatchObject({ body: 'typed' });
    expect(await session.stop()).toEqual(CLEAN);
    await assertNoLeaks();
  });

  it('gets the arguments after -- and no others', async () => {
    const args = ['--port', '9', '-x', '', 'two words', '--'];
    const session = await runServer('acts.cjs', { args });
    await session.ready();
    expect(JSON.parse((await session.get()).body).argv.slice(2)).toEqual(args);
    expect(await session.stop()).toEqual(CLEAN);
    await assertNoLeaks();
  });
});

describe('the environment of a server', () => {
  it('tells it its ports, its polling and the session key', async () => {
    const session = await runServer('acts.cjs', {
      set: ['ports.admin=4711', 'polling.failureTolerance=4', 'polling.intervalSeconds=0.25'],
      flags: ['--route', '/health'],
      env: { OWN_VARIABLE: 'kept' },
    });
    await session.ready();
    const { env } = JSON.parse((await session.get()).body);
    expect(env).toMatchObject({
      serverPort: '0',
      adminPort: '4711',
      PORT: '0',
      pollingRoute: '/health',
      pollingIntervalSeconds: '0.25',
      pollingFailureTolerance: '4',
      session_key: expect.stringMatching(/^[\w-]{16,}$/),
      OWN_VARIABLE: 'kept',
    });
    expect(
      Object.keys(env).filter((name) => /^(NODE_(CHANNEL|UNIQUE)|VIGIL_BOOT)/.test(name)),
    ).toEqual([]);
    await session.act('/throw');
    await session.ready(2);
    const again = JSON.parse((await session.get()).body);
    expect(again.env.session_key).toBe(env.session_key);
    expect(await session.stop()).toEqual(CLEAN);
    await assertNoLeaks();
  });

  it('keeps a PORT that is set already', async () => {
    const session = await runServer('acts.cjs', { env: { PORT: '8123' } });
    await session.ready();
    expect(JSON.parse((await session.get()).body).env).toMatchObject({
      PORT: '8123',
      serverPort: '0',
    });
    expect(await session.stop()).toEqual(CLEAN);
    await assertNoLeaks();
  });
});

describe('the preload', () => {
  it('loads no foreign module, and is not there for forks and threads of the server', async () => {
    const session = await runServer('forks.cjs');
    await session.ready();
    const { server, child, thread } = JSON.parse((await session.get()).body);
    const nothing = { execArgv: [], names: [], signals: 0 };
    expect(server).toMatchObject({ execArgv: [], names: [] });
    const own = (path: string): boolean => path.startsWith(join(ROOT, 'dist/'));
    expect(server.modules.filter((path: string) => !own(path))).toEqual([fixture('forks.cjs')]);
    expect(child).toMatchObject({ ...nothing, modules: [fixture('forks.cjs')] });
    expect(thread).toMatchObject({ names: [], signals: 0 });
    expect(thread.modules).not.toContain(join(ROOT, 'dist/session/worker/server-process.js'));
    expect(await session.stop()).toEqual(CLEAN);
    await assertNoLeaks();
  });

  it('keeps its messages from the listeners of the server, which may talk to its parent', async () => {
    const session = await runServer('messages.cjs');
    await session.ready();
    await session.get('/', { method: 'POST', body: '["hello", {"a": 1}, [1, 2]]' });
    expect(JSON.parse((await session.get('/heard')).body)).toEqual([]);
    expect(await session.stop()).toEqual(CLEAN);
    await assertNoLeaks();
  });
});

describe('a server that is not polled', () => {
  it('is ready once it listens, whatever it speaks', async () => {
    const session = await runServer('net-server.cjs', { set: ['polling=false'] });
    const ready = await session.ready();
    expect(ready.seq).toBeGreaterThan((await session.event('worker.listening')).seq);
    expect(await session.stop()).toEqual(CLEAN);
    expect(await session.ofType('poll.failed')).toEqual([]);
    await assertNoLeaks();
  });

  it('still has its silence noticed', async () => {
    const session = await runServer('acts.cjs', {
      set: ['polling=false', 'heartbeat.silenceSeconds=0.8'],
    });
    await session.ready();
    await session.act('/hang');
    expect(await session.exited()).toMatchObject({ cause: 'hang' });
    await session.ready(2);
    expect(await session.stop()).toEqual(CLEAN);
    await assertNoLeaks();
  });

  it.each(['polling=false', 'polling.route=/x'])('and simply ends, ends (%s)', async (setting) => {
    const session = await runServer('idle.cjs', { set: [setting, 'restart.policy=transient'] });
    expect(await session.ended()).toEqual(CLEAN);
    expect(await session.exited()).toMatchObject({ cause: 'clean-exit', phase: 'starting' });
    await assertNoLeaks();
  });
});

describe('a server in a plain child process', () => {
  it('is no cluster worker, and everything else is the same', async () => {
    const directory = await makeTempDirectory({
      'primary.cjs': `
        const cluster = require('node:cluster');
        require('node:http').createServer((q, r) => {
          r.end(String(cluster.isPrimary));
          if (q.url === '/throw') setImmediate(() => { throw new Error('boom'); });
        }).listen(process.env.PORT, '127.0.0.1');`,
    });
    const session = await runServer(join(directory, 'primary.cjs'), {
      set: ['serverProcess=child'],
    });
    await session.ready();
    expect(await session.get()).toMatchObject({ body: 'true' });
    await session.act('/throw');
    expect(await session.exited()).toMatchObject({ cause: 'crash' });
    await session.ready(2);
    expect(await session.stop()).toEqual(CLEAN);
    expect(await session.exited(2)).toMatchObject({ cause: 'session-end', code: 0 });
    await assertNoLeaks();
  });

  it('may be the primary of a cluster of its own', async () => {
    const session = await runServer('own-cluster.cjs', { set: ['serverProcess=child'] });
    const { pid } = await session.ready();
    expect(await session.get()).toMatchObject({
      status: 200,
      body: expect.stringMatching(/^\d+$/),
    });
    expect((await session.get()).body).not.toBe(String(pid));
    const { outcomes } = await startRequests(session, '/slow');
    session.vigil.child.kill('SIGTERM');
    expect(new Set(await outcomes)).toEqual(new Set([200]));
    expect(await session.stop()).toEqual(CLEAN);
    await assertNoLeaks();
  });
});
