import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { startNode } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { startProgram } from './start-program.ts';

afterEach(async () => {
  await assertNoLeaks();
});

describe('a second launch', () => {
  it('is refused on both sides, whoever calls it, and does no harm', async () => {
    const program = await startProgram('twice.cjs');
    for (const side of ['monitor', 'server']) {
      for (const way of ['again', 'other', 'call']) {
        expect(await program.said(`${way}-${side}`)).toMatchObject({
          name: 'VigilError',
          code: 'ERR_SESSION_LAUNCHED',
        });
      }
    }
    await program.events.waitFor('worker.ready');
    expect(await program.stop()).toBe(0);
  });
});

describe('a second ServerWorker', () => {
  it('is refused and ends the session with exit code 1', async () => {
    const program = await startProgram('second-worker.cjs');
    expect(await program.exitCode()).toBe(1);
    expect(await program.said('second')).toMatchObject({ code: 'ERR_WORKER_EXISTS' });
  });
});

describe('work that fails', () => {
  it.each([
    ['throws', { name: 'TypeError', message: 'the work threw', cause: 'deep down' }],
    ['rejects', { name: 'Error', message: 'the work rejected', code: 'E_WORK' }],
    ['import', { code: 'ERR_MODULE_NOT_FOUND' }],
    ['text', { message: expect.stringContaining('only a text') }],
  ])(
    'because it %s is a crash with its error, and the server is started again',
    async (way, error) => {
      const program = await startProgram('failing-work.cjs', { args: [way] });
      expect(await program.said('crash')).toMatchObject({
        ...error,
        death: 'crash',
        phase: 'starting',
      });
      expect(await program.said('handler')).toMatch(/./);
      await program.events.waitFor('worker.ready', ({ generation }) => generation === 2);
      expect(await program.events.waitFor('worker.exited')).toMatchObject({
        cause: 'crash',
        code: 1,
      });
      expect(program.allSaid('crash')).toHaveLength(1);
      expect(await program.stop()).toBe(0);
    },
  );
});

describe('launch() of a package that is found by its path alone', () => {
  it('starts the server as any other', async () => {
    const directory = await makeTempDirectory({
      'session.config.json': '{ "ports": { "server": 0 }, "stateDirectory": "state" }',
      'start.cjs': `const { createServer } = require('node:http');
        require(${JSON.stringify(resolve('dist'))}).launch({
          work: () => createServer((_request, response) => response.end()).listen(process.env.PORT),
        });`,
    });
    const child = startNode(['start.cjs'], { cwd: directory });
    await child.waitForLine(/is ready after/);
    child.process.kill('SIGTERM');
    expect(await child.waitForExit()).toEqual({ code: 0, signal: null });
  });
});

describe('launch() in a program that is no file', () => {
  it('is refused: there is nothing that could be started again', async () => {
    const program = `require(${JSON.stringify(resolve('dist'))}).launch({ work() {} }).catch(({ code }) => console.log(code))`;
    const child = startNode(['-e', program], { cwd: await makeTempDirectory() });
    await child.waitForLine(/^ERR_ENTRY_NOT_FOUND$/);
    expect(await child.waitForExit()).toEqual({ code: 0, signal: null });
  });
});

describe('initializeMonitor', () => {
  it.each(['throws', 'rejects'])('that %s starts nothing and gives up the lock', async (way) => {
    const program = await startProgram('broken-monitor.cjs', { args: [way] });
    expect(await program.exitCode()).toBe(1);
    expect(program.child.output.text).toContain(
      `Error: initializeMonitor ${way === 'throws' ? 'threw' : 'rejected'}`,
    );
    expect(program.allSaid('serving')).toEqual([]);
    const state = join(program.directory, 'state');
    expect(existsSync(state) ? readdirSync(state) : []).toEqual([]);
  });
});

describe('an error nobody caught in the monitor', () => {
  it.each([
    ['throws-later', /error: .*the timer threw/],
    ['rejects-later', /error: .*nobody caught this/],
  ])('(%s) is logged as an error, and the session goes on', async (way, line) => {
    const program = await startProgram('broken-monitor.cjs', { args: [way] });
    await program.child.waitForLine(line);
    await program.events.waitFor('worker.ready');
    // It still does its work: the next death is answered.
    process.kill(await program.said<number>('serving'), 'SIGKILL');
    await program.events.waitFor('worker.ready', ({ generation }) => generation === 2);
    expect(await program.stop()).toBe(0);
  });

  it('in a hook or a subscriber is logged and harms nobody', async () => {
    const program = await startProgram('broken-monitor.cjs', { args: ['hook-throws'] });
    await program.child.waitForLine(/hook failed.*the hook threw/);
    await program.child.waitForLine(/hook failed.*the hook rejected/);
    await program.child.waitForLine(/subscriber failed.*the subscriber threw/);
    expect(await program.stop()).toBe(0);
  });
});

describe('a wrong argument', () => {
  it('is refused at the call, on both sides, and the session comes to run', async () => {
    const program = await startProgram('wrong-arguments.cjs');
    const refused = (...names: string[]): Record<string, string> =>
      Object.fromEntries(names.map((name) => [name, 'ERR_ARGUMENT']));
    expect(await program.said('monitor')).toEqual({
      ...refused('on', 'name', 'exit', 'crash', 'running', 'command', 'pattern'),
      port: 'ERR_CONFIG_INVALID',
      polling: 'ERR_CONFIG_INVALID',
      unknown: 'ERR_CONFIG_INVALID',
      exec: 'ERR_EXEC_FAILED',
    });
    expect(await program.said('server')).toEqual(
      refused('on', 'exit', 'extend', 'extendText', 'emit'),
    );
    await program.events.waitFor('worker.ready');
    expect(await program.stop()).toBe(0);
  });
});

describe('a server process that the system refuses to start', () => {
  it('has failed to start like any other, and is tried again', async () => {
    const program = await startProgram('too-large.cjs');
    expect(await program.exitCode()).toBe(0);
    expect(program.allSaid('failed')).toEqual([]);
    expect(await program.said('restart')).toBe('ERR_CHILD_DIED');
    expect(await program.said('death')).toEqual({
      cause: 'start-failed',
      evidence: expect.stringContaining('E2BIG'),
      hasPid: false,
    });
    expect(await program.said('again')).toBe(true);
  });
});
