import { join, resolve } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { request } from '../support/request.ts';
import { startProgram, type StartedProgram } from './start-program.ts';

interface ServerSaid {
  readonly pid: number;
  readonly session_key: string;
  readonly serverPort: string;
  readonly args: readonly string[];
  /** Where the package lies was known to the process before it asked. */
  readonly remembered: boolean;
}

describe('launch', () => {
  afterEach(async () => {
    await assertNoLeaks();
  });

  it('from a CommonJS file makes the first process the monitor and runs the work in another', async () => {
    const program = await startProgram('plain.cjs', { args: ['--flag', 'two words'] });
    const monitor = await program.said<{ pid: number; hasStatus: boolean }>('monitor');
    const server = await program.said<ServerSaid>('server');
    expect(monitor).toEqual({ pid: program.child.pid, hasStatus: true });
    expect(server.pid).not.toBe(monitor.pid);
    expect(server.args).toEqual(['--flag', 'two words']);
    expect(server.remembered).toBe(true);
    const { port } = await program.events.waitFor('worker.listening');
    expect(await request(`http://127.0.0.1:${String(port)}/`)).toMatchObject({
      status: 200,
      body: String(server.pid),
    });
    expect(program.allSaid('order')).toEqual(['initializeServerWorker', 'work']);
    expect(await program.stop()).toBe(0);
  });

  it('makes a random key, which the server finds in its environment and is told', async () => {
    const program = await startProgram('plain.cjs');
    const { session_key } = await program.said<ServerSaid>('server');
    expect(session_key).toMatch(/^[0-9a-f-]{36}$/);
    expect(await program.said('told')).toBe(session_key);
    await program.stop();
  });

  it('takes the key that initializeMonitor returns', async () => {
    const program = await startProgram('plain.cjs', { env: { KEY: 'of our own' } });
    expect(await program.said('server')).toMatchObject({ session_key: 'of our own' });
    expect(await program.said('told')).toBe('of our own');
    await program.stop();
  });

  it('gives each server process its environment', async () => {
    const program = await startProgram('plain.cjs', {
      config: { polling: { route: '/?health', intervalSeconds: 0.2 } },
      env: { PORT: '1234' },
    });
    expect(await program.said('server')).toMatchObject({
      serverPort: '0',
      PORT: '1234',
      pollingRoute: '/?health',
    });
    await program.stop();
  });

  it('from an ES module gives the same instance as require does', async () => {
    const program = await startProgram('module.mjs');
    const { names, isSame } = await program.said<{ names: string[]; isSame: boolean }>('same');
    expect(names).toEqual(
      expect.arrayContaining(['launch', 'AppliedSessionAgent', 'ServerWorker', 'manage']),
    );
    expect(isSame).toBe(true);
    await program.events.waitFor('worker.ready');
    expect(await program.said('launched')).toMatchObject({ pid: program.child.pid });
    expect(await program.said<{ pid: number }>('server')).not.toMatchObject({
      pid: program.child.pid,
    });
    expect(await program.stop()).toBe(0);
  });

  it.each([
    ['node with --import tsx', { nodeArgs: ['--import', 'tsx'] }],
    ['the tsx command', { runner: resolve('node_modules/tsx/dist/cli.mjs') }],
  ])('from TypeScript works through %s', async (_how, options) => {
    const tsx = resolve('node_modules/tsx/dist/loader.mjs');
    const nodeArgs = 'nodeArgs' in options ? ['--import', tsx] : [];
    const program = await startProgram('typed.ts', { ...options, nodeArgs });
    expect(await program.said('running')).toEqual({ isFirstTime: true });
    expect(await program.stop()).toBe(0);
  });
});

describe('the config given to launch', () => {
  const launch = (config: unknown): Promise<StartedProgram> =>
    startProgram('given-config.cjs', { args: [JSON.stringify(config)] });

  afterEach(async () => {
    await assertNoLeaks();
  });

  it('as an object takes the place of the file', async () => {
    const program = await launch({ name: 'given', ports: { server: 0 }, stateDirectory: 'state' });
    expect(await program.said('name')).toBe('given');
    await program.events.waitFor('worker.ready');
    await program.stop();
  });

  it('as a path names the file', async () => {
    const program = await launch('./session.config.json');
    expect(await program.said('name')).toBe('launched');
    await program.events.waitFor('worker.ready');
    await program.stop();
  });

  it.each([
    [{ polling: { intervalSeconds: 'often' } }, 'ERR_CONFIG_INVALID'],
    [{ pollng: {} }, 'ERR_CONFIG_INVALID'],
    ['no-such-file.json', 'ERR_CONFIG_READ'],
  ])('%j is refused with %p before anything is started', async (config, code) => {
    const program = await launch(config);
    expect(await program.said('launched')).toMatchObject({ code });
    expect(await program.exitCode()).toBe(0);
    expect(program.allSaid('name')).toEqual([]);
  });

  it('must not be that of a session that runs', async () => {
    const first = await launch('./session.config.json');
    await first.events.waitFor('worker.ready');
    const stateDirectory = join(first.directory, 'state');
    const second = await launch({ name: 'launched', stateDirectory });
    expect(await second.said('launched')).toMatchObject({
      code: 'ERR_SESSION_RUNNING',
      message: expect.stringContaining(String(first.child.pid)),
    });
    await second.exitCode();
    expect(await first.stop()).toBe(0);
  });
});

describe('a subclass of AppliedSessionAgent', () => {
  afterEach(async () => {
    await assertNoLeaks();
  });

  it('has each getter in its own process only, and can end the session from the server', async () => {
    const program = await startProgram('subclass.cjs');
    expect(await program.exitCode()).toBe(3);
    expect(await program.said('before')).toMatchObject({ code: 'ERR_WRONG_PROCESS' });
    expect(await program.said('isMonitor')).toBe(true);
    expect(await program.said('createInMonitor')).toMatchObject({ code: 'ERR_WRONG_PROCESS' });
    expect(await program.said('inServer')).toMatchObject({ code: 'ERR_WRONG_PROCESS' });
    expect(await program.said('worker')).toBe(true);
    expect(await program.said('key')).toBe('the key of the shop');
    expect(await program.said('afterMonitor')).toEqual({ value: 'launched' });
    expect(await program.events.waitFor('session.ended')).toMatchObject({
      exitCode: 3,
      reason: expect.stringContaining('the shop closes'),
    });
  });
});
