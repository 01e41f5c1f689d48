import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { EventLog } from '../support/event-log.ts';
import { isAlive } from '../support/marked-processes.ts';
import { openControl } from '../support/open-control.ts';
import { startChild } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';
import { type Session, fixture, runServer } from './run-server.ts';
import { itWhere } from '../support/it-where.ts';

const CLI = join(__dirname, '../../dist/cli/main.js');
const CLEAN = { code: 0, signal: null };

async function statusOf(session: Session): Promise<unknown> {
  return (await openControl(session.vigil.stateDirectory)).request('GET', '/status');
}

/** Has the server send these to its parent. */
async function send(session: Session, messages: readonly unknown[], path = '/'): Promise<void> {
  await session.get(path, { method: 'POST', body: JSON.stringify(messages) });
}

describe('a port that a stranger uses', () => {
  it('is the reason that is told, until it is free and the server comes up', async () => {
    const stranger = createServer().listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const port = String((stranger.address() as AddressInfo).port);
    const session = await runServer('acts.cjs', { port });
    expect(await session.exited()).toMatchObject({ cause: 'crash', phase: 'starting' });
    expect(await session.event('crash.detected')).toMatchObject({
      error: { code: 'EADDRINUSE', message: expect.stringContaining(port) },
    });
    stranger.close();
    await session.event('worker.ready');
    expect(await session.stop()).toEqual(CLEAN);
    await assertNoLeaks();
  });
});

describe('a line on standard input', () => {
  it('of a megabyte is refused, and the next one is obeyed', async () => {
    const session = await runServer('acts.cjs', { repl: true });
    await session.ready();
    session.vigil.child.write('x'.repeat(1024 * 1024));
    await session.vigil.waitForLine(/too long|longer than/i);
    session.vigil.child.write('restart clean');
    await session.ready(2);
    session.vigil.child.process.stdin?.end();
    expect(await session.get()).toMatchObject({ status: 200 });
    expect(await session.stop()).toEqual(CLEAN);
    await assertNoLeaks();
  });

  it('that is no command is answered, and the last one needs no line end', async () => {
    const session = await runServer('acts.cjs', { repl: true });
    await session.ready();
    session.vigil.child.write('');
    session.vigil.child.write('\u0000\u0007 "unclosed');
    session.vigil.child.write('restrat');
    await session.vigil.waitForLine(/did you mean "?restart/i);
    session.vigil.child.process.stdin?.end('exit clean');
    expect(await session.ended()).toEqual(CLEAN);
    await assertNoLeaks();
  });
});

const NAMES = [
  'kill',
  'lifecycle',
  'crash_detected',
  'server_running',
  'heartbeat',
  'vigil:listening',
  'vigil:polledListener',
  'vigil:poll',
  'vigil:endingPhase',
  'vigil:drainFinished',
  'vigil:exitHandler',
  'vigil:extendDeadline',
  'vigil:hint',
  'manualExit',
  '__proto__',
];
const VALUES = [null, 7, 'text', [], {}, { error: null, ms: 'long', ok: 0, event: {}, text: [] }];

describe('a message of the server that is not for Vigil', () => {
  it('and is of any kind changes nothing', async () => {
    const session = await runServer('messages.cjs');
    await session.ready();
    const odd = [null, 0, '', 'kill', [], {}, { type: 'kill', errorCode: 9 }, { cmd: 'NODE_X' }];
    await send(session, [...odd, { toString: 1 }, { then: 1 }, [[[[]]]]]);
    expect(await statusOf(session)).toMatchObject({ state: 'running', worker: { generation: 1 } });
    expect(await session.stop()).toEqual(CLEAN);
    await assertNoLeaks();
  });

  it('and has a hundred megabytes stops neither', async () => {
    const session = await runServer('messages.cjs');
    await session.ready();
    expect(await session.get('/large')).toMatchObject({ body: 'sent' });
    expect(await statusOf(session)).toMatchObject({ state: 'running', worker: { generation: 1 } });
    expect(await session.stop()).toEqual(CLEAN);
    await assertNoLeaks();
  });
});

describe('a forged message of Vigil', () => {
  it('that makes no sense does the monitor no harm', async () => {
    const session = await runServer('messages.cjs');
    await session.ready();
    const envelopes = [
      ['@vigil/1'],
      ['@vigil/1', 99, 'heartbeat', {}],
      ['@vigil/1', 0, 'x', 'kill', {}],
      ['@vigil/1', 0, 1, 'toString', {}],
      ['@vigil/1', 1, 1e9, {}],
      ['@vigil/1', 2, 1, 'no list'],
      ['@vigil/1', 3, 1, null],
      ['@vigil/1', 5, null, 1, [], [4], ['@vigil/1', 4, 'heartbeat']],
      ['@vigil/1', 4, 'heartbeat', { not: 'a table' }, 1],
      ['@vigil/999', 4, 'kill', { reason: 'x', graceful: false, errorCode: 1 }],
    ];
    await send(session, envelopes);
    for (const value of VALUES) {
      await send(
        session,
        NAMES.map((name) => ['@vigil/1', 4, name, value]),
      );
    }
    expect(await statusOf(session)).toMatchObject({ worker: { generation: 1 } });
    expect(await session.get()).toMatchObject({ status: 200 });
    await send(session, [['@vigil/1', 4, 'crash_detected', {}]], '/exit');
    expect(await session.exited()).toMatchObject({ expected: false, code: 4 });
    await session.ready(2);
    expect(await session.stop()).toEqual(CLEAN);
    await assertNoLeaks();
  });

  it.each(VALUES.map((value) => [JSON.stringify(value), value]))(
    'of a crash with %s is no reason to lose the report of the death',
    async (_text, value) => {
      const session = await runServer('messages.cjs');
      await session.ready();
      const error = { error: value, origin: value, handled: false, atTopLevel: value };
      await send(session, [['@vigil/1', 4, 'crash_detected', error]], '/exit');
      await session.ready(2);
      expect(await session.stop()).toEqual(CLEAN);
      await assertNoLeaks();
    },
  );

  it('cannot give the session an exit code that is none', async () => {
    const session = await runServer('messages.cjs');
    await session.ready();
    const request = { reason: 'forged', graceful: true, errorCode: 'seventy' };
    await send(session, [['@vigil/1', 4, 'kill', request]]);
    expect(await statusOf(session)).toMatchObject({ state: 'running' });
    expect(await session.stop()).toEqual(CLEAN);
    await assertNoLeaks();
  });
});

describe('the output of a server', () => {
  it('without end or line break is read on, whether or not anybody reads it', async () => {
    const session = await runServer('flood.cjs');
    await session.ready();
    session.vigil.child.process.stdout?.pause();
    await session.get('/start');
    const MUCH = 64 * 1024 * 1024;
    await waitUntil(
      async () => (Number((await session.get()).body) > MUCH ? true : undefined),
      () => 'the server cannot write on',
    );
    const { worker } = (await statusOf(session)) as { worker: { state: string } };
    expect(worker.state).toBe('ready');
    session.vigil.child.process.stdout?.resume();
    expect(await session.stop()).toEqual(CLEAN);
    await assertNoLeaks();
  });

  // VIGIL_FLOOD_MB=1000 for all of the gigabyte.
  it('comes in a flood without the monitor growing or the server being held up, and its end is reported', async () => {
    const megabytes = Number(process.env['VIGIL_FLOOD_MB'] ?? 100);
    const session = await runServer('floods-lines.cjs', { set: ['showServerOutput=false'] });
    await session.ready();
    const before = peakMemory(session.vigil.pid);
    await session.get(`/flood/${String(megabytes)}`);
    const reported = await session.event('crash.reported');
    const grown = peakMemory(session.vigil.pid) - before;
    await session.ready(2);
    await session.stop();
    expect(grown).toBeLessThan(64 * 1024 * 1024);
    expect(await session.ofType('poll.failed')).toEqual([]);
    expect(reported).toMatchObject({ cause: 'crash' });
    const [report] = session.reports();
    const tail = (report?.['outputTail'] as string[]).filter((line) => /^\d+ x/.test(line));
    const numbers = tail.map((line) => Number.parseInt(line, 10));
    expect(numbers.at(-1)).toBe(megabytes * 1000);
    expect(numbers).toEqual(numbers.map((_number, index) => (numbers[0] ?? 0) + index));
    await assertNoLeaks();
  });

  it('into a pipe whose reader has gone does not end the session', async () => {
    const state = join(await makeTempDirectory(), 'state');
    const words = `--port 0 --no-repl --state-dir ${state} --set polling.intervalSeconds=0.2`;
    const shell = `${process.execPath} ${CLI} run ${fixture('acts.cjs')} ${words} | head -n 1`;
    startChild('sh', ['-c', shell]);
    const events = new EventLog(join(state, 'events.jsonl'));
    const { monitorPid } = await events.waitFor('session.started');
    const { pid } = await events.waitFor('worker.ready');
    process.kill(pid as number, 'SIGKILL');
    await events.waitFor('worker.ready', (event) => event['generation'] === 2);
    process.kill(monitorPid as number, 'SIGTERM');
    expect(await events.waitFor('session.ended')).toMatchObject({ exitCode: 0 });
    await waitUntil(
      () => (isAlive(monitorPid as number) ? undefined : true),
      () => 'the monitor is still there',
    );
    await assertNoLeaks();
  });
});

/** The most memory that a process has had, in bytes. */
function peakMemory(pid: number): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

const canMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'x', '/mnt']).status === 0;

describe('a full disk', () => {
  itWhere(canMount, 'a mount of its own')(
    'keeps the session from nothing but writing',
    async () => {
      const directory = await makeTempDirectory();
      const fill = `mount -t tmpfs -o size=64k x ${directory}; yes > ${directory}/full 2>/dev/null`;
      const run = `exec ${process.execPath} ${CLI} run ${fixture('acts.cjs')} --port 0 --no-repl`;
      const shell = `${fill}; ${run} --state-dir ${directory}/state`;
      const child = startChild('unshare', ['-rm', 'sh', '-c', shell]);
      const [, pid] = await child.waitForLine(/#1, pid (\d+) is ready/);
      await child.waitForLine(/event log cannot be written, it is tried again: ENOSPC/);
      process.kill(Number(pid), 'SIGKILL');
      await child.waitForLine(/crash report could not be kept/);
      await child.waitForLine(/#2, pid \d+ is ready/);
      child.kill('SIGTERM');
      expect(await child.waitForExit()).toEqual(CLEAN);
      await assertNoLeaks();
    },
  );
});
