import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { type VigilRun, runVigil } from '../support/spawn-vigil.ts';
import { listMarkedProcesses } from '../support/marked-processes.ts';
import { startNode } from '../support/start-child.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { FIXTURES } from './running-session.ts';

const CLI = resolve(__dirname, '../../dist/cli/main.js');

interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

function listen(): Promise<Listening> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      resolve({
        port: (server.address() as { port: number }).port,
        close: () => new Promise((done) => void server.close(() => done())),
      });
    });
  });
}

function makeProject(files: Record<string, string> = {}): Promise<string> {
  return makeTempDirectory({ 'package.json': '{"name":"shop"}', ...files });
}

async function doctor(
  files: Record<string, string>,
  ...args: readonly string[]
): Promise<VigilRun> {
  return runVigil(['doctor', ...args], { cwd: await makeProject(files) });
}

describe('vigil doctor with an entry file', () => {
  it('reports port, route, boot time and the end, and offers a configuration that fits', async () => {
    const port = await findFreePorts();
    // Of its own: other tests run a doctor at the same time.
    const TMPDIR = await makeTempDirectory();
    const words = ['doctor', join(FIXTURES, 'fixed-port.cjs'), '--json', '--', String(port)];
    const run = await runVigil(words, { cwd: await makeProject(), env: { TMPDIR } });
    const verdict = JSON.parse(run.stdout) as object;
    expect({ code: run.code, verdict }).toEqual({
      code: 0,
      verdict: expect.objectContaining({
        ok: true,
        port,
        route: { path: '/', status: 404, latencyMs: expect.any(Number), error: null },
        bootMs: expect.any(Number),
        drain: { ok: true, durationMs: expect.any(Number), open: 0 },
        death: null,
        config: expect.objectContaining({
          ports: { server: port },
          polling: { route: '/healthz' },
        }),
      }),
    });
    expect(readdirSync(TMPDIR)).toEqual([]);
    await assertNoLeaks();
  });

  it('says the same to a person', async () => {
    const files = { 'session.config.json': '{"ports":{"server":0},"polling":{"route":"/health"}}' };
    const run = await doctor(files, join(FIXTURES, 'server.cjs'));
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^ok +start +ready after/m);
    expect(run.stdout).toMatch(/^ok +health route +\/health answers 200/m);
    expect(run.stdout).toMatch(/^ok +end +drained and ended/m);
    expect(run.stdout).toMatch(/The configuration as it is fits/);
    await assertNoLeaks();
  });

  it('shows how a server died that never was ready, and mails nobody', async () => {
    const config =
      '{"ports":{"server":0},"mail":{"to":["a@example.org"],"transport":"smtp://127.0.0.1:1"}}';
    const run = await doctor(
      { fail: '', 'session.config.json': config },
      join(FIXTURES, 'server.cjs'),
    );
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/^FAIL +start +it was never ready/m);
    expect(run.stdout).toMatch(/^FAIL +death +crash \(code 1\)/m);
    expect(run.stdout).toMatch(/^ +Error: asked to fail/m);
    expect(run.stdout).not.toContain('fits');
    await assertNoLeaks();
  });

  it('tells a port that is taken', async () => {
    const taken = await listen();
    const run = await doctor({}, join(FIXTURES, 'server.cjs'), '-p', String(taken.port));
    await taken.close();
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/EADDRINUSE/);
    await assertNoLeaks();
  });

  it('gives up on a server that never listens when the startup deadline is over', async () => {
    const files = { 'session.config.json': '{"startup":{"deadlineSeconds":0.5}}' };
    const run = await doctor(files, join(FIXTURES, 'silent.cjs'));
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/^FAIL +death +start-timeout/m);
    await assertNoLeaks();
  });

  it('ends its trial when it is interrupted, with 130', async () => {
    const TMPDIR = await makeTempDirectory();
    const cwd = await makeProject();
    const child = startNode([CLI, 'doctor', join(FIXTURES, 'silent.cjs')], {
      cwd,
      env: { TMPDIR },
    });
    await waitUntil(
      () => (listMarkedProcesses().length >= 3 ? true : undefined),
      () => 'no server process was started',
    );
    child.kill('SIGINT');
    expect(await child.waitForExit()).toEqual({ code: 130, signal: null });
    expect(readdirSync(TMPDIR)).toEqual([]);
    await assertNoLeaks();
  });

  it('refuses a file that is not there with 64, and a wrong configuration with 78', async () => {
    expect((await doctor({}, 'nosuch.js')).code).toBe(64);
    const run = await doctor({ 'session.config.json': '{"x":1}' }, join(FIXTURES, 'server.cjs'));
    expect(run.code).toBe(78);
    await assertNoLeaks();
  });
});

describe('vigil doctor without an entry file', () => {
  it('looks at the machine', async () => {
    const run = await doctor({ 'session.config.json': '{"ports":{"server":0}}' });
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^ok +Node +v/m);
    expect(run.stdout).toMatch(/^ok +state directory +\S+\.vigil\/shop$/m);
    expect(run.stdout).toMatch(/^warn +mail +not configured/m);
    expect(run.stdout).toMatch(/^ok +held socket +the monitor can keep the port/m);
    expect(run.stdout).toMatch(/^(ok|warn) +watchdog +can(not)? take the stack/m);
    expect(run.stdout).toMatch(/^(ok|warn) +disk +.*MB free/m);
    expect(run.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    await assertNoLeaks();
  });

  it('fails when a port is taken, and says what to do', async () => {
    const [one, two] = [await listen(), await listen()];
    const config = JSON.stringify({
      ports: { server: one.port },
      control: { http: { port: two.port } },
    });
    const run = await doctor({ 'session.config.json': config }, '--json');
    await one.close();
    await two.close();
    expect(run.code).toBe(1);
    const { findings } = JSON.parse(run.stdout) as {
      findings: { level: string; what: string; todo?: string }[];
    };
    expect(findings.filter(({ level }) => level === 'fail')).toEqual(
      ['server port', 'control.http'].map((what) =>
        expect.objectContaining({ what, todo: expect.any(String) }),
      ),
    );
    await assertNoLeaks();
  });

  it('fails when the mail server cannot be reached or the state directory cannot be made', async () => {
    const port = await findFreePorts();
    const mail = { to: ['a@example.org'], transport: `smtp://127.0.0.1:${port}` };
    const config = JSON.stringify({
      mail,
      stateDirectory: 'package.json/state',
      ports: { server: 0 },
    });
    const run = await doctor({ 'session.config.json': config }, '--json');
    expect(run.code).toBe(1);
    const { ok, findings } = JSON.parse(run.stdout) as {
      ok: boolean;
      findings: { level: string; what: string }[];
    };
    expect(ok).toBe(false);
    const failed = findings.filter(({ level }) => level === 'fail').map(({ what }) => what);
    expect(failed).toEqual(['state directory', 'mail']);
    await assertNoLeaks();
  });
});
