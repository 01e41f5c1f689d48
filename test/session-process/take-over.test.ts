import { once } from 'node:events';
import { existsSync, readlinkSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import type { LoggedEvent } from '../support/event-log.ts';
import { startSteadyLoad } from '../support/steady-load.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { startLoad } from './in-flight.ts';
import { runServer, type Session, type ServerRun } from './run-server.ts';

afterEach(async () => {
  await assertNoLeaks();
});

/** Starts the monitor that is to replace the one of the session. */
function runSuccessor(old: Session, file: string, run: ServerRun = {}): Promise<Session> {
  const flags = ['--state-dir', old.vigil.stateDirectory, '--take-over', ...(run.flags ?? [])];
  return runServer(file, { ...run, flags });
}

/** Waits until the session is the new monitor's and the old one has ended; gives the exit code of the old one. */
async function changeOver(old: Session, successor: Session): Promise<number | null> {
  await successor.vigil.waitForLine(/took over from the monitor/);
  const { code } = await old.vigil.waitForExit();
  await successor.vigil.waitForLine(/the monitor with pid \d+ has ended/);
  return code;
}

/** The events of one monitor: those between its start and its end. */
async function eventsOf(session: Session): Promise<LoggedEvent[]> {
  const all = await session.all();
  const from = all.findIndex((event) => event['monitorPid'] === session.vigil.pid);
  const to = all.findIndex((event, at) => at > from && event.type === 'session.ended');
  return all.slice(from, to === -1 ? undefined : to + 1);
}

async function endOf(session: Session): Promise<LoggedEvent | undefined> {
  return (await eventsOf(session)).at(-1);
}

async function stop(session: Session): Promise<number | null> {
  return (await session.vigil.stop()).code;
}

describe('vigil run --take-over', () => {
  it.each([
    ['a cluster worker', []],
    ['a plain child', ['serverProcess="child"']],
  ])('replaces a monitor under load without an error, the server being %s', async (_kind, set) => {
    const old = await runServer('acts.cjs', { set });
    await old.ready();
    const port = await old.port();
    const fresh = startSteadyLoad({ port: Number(port) });
    const kept = await startLoad(old);
    const successor = await runSuccessor(old, 'acts.cjs', { set });
    expect(await changeOver(old, successor)).toBe(0);
    const outcomes = new Set(await kept.end());
    const { outcomes: ofFresh } = await fresh.end();
    expect([...outcomes, ...Object.keys(ofFresh)]).toEqual([200, '200']);
    const pid = successor.vigil.pid;
    expect(await endOf(old)).toMatchObject({
      type: 'session.ended',
      reason: `replaced by the monitor with pid ${pid}`,
      exitCode: 0,
    });
    expect(readlinkSync(join(old.vigil.stateDirectory, 'lock'))).toMatch(new RegExp(`^${pid}-`));
    expect(await successor.vigil.status()).toMatchObject({
      monitorPid: pid,
      state: 'running',
      worker: { port: Number(port) },
    });
    expect(await stop(successor)).toBe(0);
    const seqs = (await eventsOf(successor)).map((event) => event.seq);
    expect(seqs).toEqual(seqs.map((_seq, at) => at + 1));
  });

  it('takes every door of the server: a fixed port, one of any, a unix socket, and their files', async () => {
    const DOORS = await makeTempDirectory();
    const socketPath = join(DOORS, 'door.sock');
    const env = { DOORS };
    const first = await runServer('three-doors.cjs', { env });
    await first.ready();
    const [, any] = await first.vigil.waitForLine(/any port: (\d+)/);
    await first.vigil.waitForLine(/unix socket: open/);
    const loads = [startSteadyLoad({ port: Number(any) }), startSteadyLoad({ socketPath })];
    const second = await runSuccessor(first, 'three-doors.cjs', { env });
    expect(await changeOver(first, second)).toBe(0);
    const third = await runSuccessor(second, 'three-doors.cjs', { env });
    expect(await changeOver(second, third)).toBe(0);
    for (const load of loads) expect(Object.keys((await load.end()).outcomes)).toEqual(['200']);
    expect(existsSync(socketPath)).toBe(true);
    expect(await stop(third)).toBe(0);
    expect(existsSync(socketPath)).toBe(false);
  });

  it('leaves the old monitor untouched when the new server does not become ready', async () => {
    const DOORS = await makeTempDirectory();
    const env = { DOORS };
    const socketPath = join(DOORS, 'door.sock');
    const old = await runServer('three-doors.cjs', { env });
    await old.ready();
    const [, any] = await old.vigil.waitForLine(/any port: (\d+)/);
    await old.vigil.waitForLine(/unix socket: open/);
    const load = startSteadyLoad({ port: Number(any) });
    const doors = startSteadyLoad({ socketPath });
    for (const [file, set, why] of [
      ['throws.cjs', [], /goes on: .*crash/],
      ['never-listens.cjs', ['startup.deadlineSeconds=0.3'], /goes on: .*start-timeout/],
    ] as const) {
      const successor = await runSuccessor(old, file, { env, set: [...set] });
      await successor.vigil.waitForLine(why);
      expect((await successor.vigil.waitForExit()).code).toBe(1);
      expect(successor.vigil.lines.join('\n')).toContain('ERR_TAKE_OVER_FAILED');
    }
    expect(Object.keys((await load.end()).outcomes)).toEqual(['200']);
    expect(Object.keys((await doors.end()).outcomes)).toEqual(['200']);
    expect(await old.vigil.status()).toMatchObject({
      monitorPid: old.vigil.pid,
      restarts: { total: 0 },
    });
    expect((await old.all()).filter((event) => event.type === 'session.started')).toHaveLength(1);
    expect((await old.stop()).code).toBe(0);
  });

  it('serves while the old monitor finishes what is under way, and says so after a second', async () => {
    const old = await runServer('acts.cjs');
    await old.ready();
    const stays = get(`http://127.0.0.1:${await old.port()}/slow/60000`, { agent: false });
    const gone = new Promise((resolve) => stays.on('error', resolve));
    // The server reads requests in order: once this one is answered, it has the other.
    await once(stays, 'finish');
    await old.get('/');
    const successor = await runSuccessor(old, 'acts.cjs');
    await successor.vigil.waitForLine(/finishes its open connections \(\d+ s\)/);
    const { worker } = await successor.vigil.status<{ worker: { pid: number } }>();
    expect(JSON.parse((await old.get('/')).body)).toMatchObject({ pid: worker.pid });
    stays.destroy(new Error('given up by the client'));
    await gone;
    expect(await changeOver(old, successor)).toBe(0);
    expect(await stop(successor)).toBe(0);
  });

  it('just starts when nobody runs the session', async () => {
    const session = await runServer('acts.cjs', { flags: ['--take-over'] });
    await session.ready();
    expect((await session.get('/')).status).toBe(200);
    expect((await session.stop()).code).toBe(0);
  });

  it.each([
    ['the running monitor does not hold its sockets', ['socket.hold=false'], []],
    ['the new one is not to hold them', [], ['socket.hold=false']],
  ])('is refused with 73 when %s', async (_why, oldSet, newSet) => {
    const old = await runServer('acts.cjs', { set: oldSet });
    await old.ready();
    const successor = await runSuccessor(old, 'acts.cjs', { set: newSet });
    const { code } = await successor.vigil.waitForExit();
    expect([code, successor.vigil.lines.join('\n')]).toEqual([
      73,
      expect.stringMatching(new RegExp(`pid ${old.vigil.pid}, which goes on: .*socket\\.hold`)),
    ]);
    expect((await old.get('/')).status).toBe(200);
    expect((await old.stop()).code).toBe(0);
  });

  it('ends with the session when that is stopped while the new server starts', async () => {
    const old = await runServer('acts.cjs');
    await old.ready();
    const successor = await runSuccessor(old, 'slow-start.cjs', { args: ['8'] });
    await successor.vigil.waitForLine(/taking over from the monitor/);
    expect((await old.stop()).code).toBe(0);
    await successor.vigil.waitForLine(/not taken over, it was ended by the monitor with pid \d+/);
    expect((await successor.vigil.waitForExit()).code).toBe(1);
  });

  it('goes on with the session when the old monitor is killed while the new server starts', async () => {
    const old = await runServer('acts.cjs', { set: ['polling=false'] });
    await old.ready();
    const successor = await runSuccessor(old, 'slow-start.cjs', { args: ['4'] });
    await successor.vigil.waitForLine(/taking over from the monitor/);
    old.vigil.child.kill('SIGKILL');
    await successor.vigil.waitForLine(/took over from the monitor/);
    await old.vigil.waitForExit();
    expect(await successor.vigil.status()).toMatchObject({ monitorPid: successor.vigil.pid });
    expect(await stop(successor)).toBe(0);
  });
});
