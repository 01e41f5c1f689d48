import { type ClientRequest, request } from 'node:http';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { hashShortly } from '../../lib/util/short-hash.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import type { LoggedEvent } from '../support/event-log.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';
import { runServer, type Session } from './run-server.ts';

const SECRET = 'query-secret-4711';

interface Listed {
  readonly method: string;
  readonly path: string;
  readonly ageMs: number;
  readonly running?: true;
}

describe('the flight recorder', () => {
  it('names the requests in flight at a SIGKILL, with their ages and without their queries', async () => {
    const session = await runServer('in-flight.cjs');
    const { pid } = await session.ready();
    const open = await openRequests(session, [`/open/1?key=${SECRET}`, '/open/2', '/open/3#x']);
    // A request that follows another at once is written down two milliseconds later.
    await waitUntil(
      () => (recorded(session).includes('/open/3') ? true : undefined),
      () => 'the last request is not recorded',
    );
    process.kill(Number(pid), 'SIGKILL');
    await session.exited();
    open.end();
    await session.event('crash.reported');
    await session.ready(2);
    expect(ringsOf(session)).toHaveLength(1);
    expect(await session.stop()).toEqual({ code: 0, signal: null });
    const [report] = session.reports();
    // One that was answered right before may still be listed.
    const requests = listed(report).filter(({ method }) => method === 'POST');
    expect(requests.map(({ path }) => path)).toEqual(['/open/1', '/open/2', '/open/3']);
    for (const { ageMs } of requests) {
      expect(ageMs).toBeGreaterThanOrEqual(0);
      expect(ageMs).toBeLessThanOrEqual(Number(report?.['uptimeMs']));
    }
    expect(ringsOf(session)).toEqual([]);
    expect(filesHolding(session, SECRET)).toEqual([]);
    await assertNoLeaks();
  });

  it.each([
    ['throws at once', 'throw', 'crash'],
    ['throws later', 'later', 'rejection'],
    ['exits', 'exit', 'exit'],
    ['spins', 'spin', 'hang'],
    ['kills itself', 'kill', 'signal'],
    ['fills the heap', 'heap', 'oom-heap'],
  ])('names the request whose handler %s', async (_what, path, cause) => {
    const session = await runServer('in-flight.cjs', {
      set: path === 'spin' ? ['heartbeat.silenceSeconds=1'] : [],
      flags: ['--node-arg=--max-old-space-size=30'],
    });
    await session.ready();
    await session.act(`/${path}?key=${SECRET}`);
    await session.event('crash.reported');
    await session.stop();
    const running = path === 'later' ? {} : { running: true };
    expect(session.reports()).toMatchObject([
      { cause, requestsInFlight: [{ method: 'GET', path: `/${path}`, ...running }] },
    ]);
    expect(filesHolding(session, SECRET)).toEqual([]);
    await assertNoLeaks();
  });
});

describe('the flight recorder, of requests that come together on one connection', () => {
  it('names the one that blocks, which the watchdog writes, and counts those it lists no more', async () => {
    const session = await runServer('in-flight.cjs', { set: ['heartbeat.silenceSeconds=1'] });
    await session.ready();
    const paths = Array.from({ length: 1000 }, (_, index) => `/open/${String(index)}`);
    const socket = await sendTogether(session, [...paths, '/spin']);
    await session.event('crash.reported');
    socket.destroy();
    await session.stop();
    const [report] = session.reports();
    const requests = listed(report);
    expect(requests).toHaveLength(100);
    expect(requests.slice(0, 3).map(({ path }) => path)).toEqual(paths.slice(0, 3));
    expect(requests.filter(({ running }) => running)).toMatchObject([{ path: '/spin' }]);
    expect(report?.['moreRequests']).toBe(901);
    await assertNoLeaks();
  });
});

describe('the file of the flight recorder', () => {
  it('makes no trouble when it is no such file any more', async () => {
    const session = await runServer('in-flight.cjs');
    const { pid } = await session.ready();
    await session.get('/');
    const [ring] = ringsOf(session);
    writeFileSync(String(ring), randomBytes(300));
    process.kill(Number(pid), 'SIGKILL');
    await session.event('crash.reported');
    await session.stop();
    expect(session.reports()).toMatchObject([{ requestsInFlight: [], moreRequests: 0 }]);
    expect(ringsOf(session)).toEqual([]);
    await assertNoLeaks();
  });

  it('is not made when it is switched off', async () => {
    const session = await runServer('in-flight.cjs', {
      set: ['crashReports.flightRecorder=false'],
    });
    await session.ready();
    await session.get('/');
    expect(ringsOf(session)).toEqual([]);
    await session.act('/exit');
    await session.event('crash.reported');
    await session.stop();
    expect(session.reports()).toMatchObject([{ requestsInFlight: [] }]);
    await assertNoLeaks();
  });

  it('is removed by the next monitor of the session when its own was killed', async () => {
    const directory = await makeTempDirectory();
    // No process has a pid beyond what the system counts to.
    const nameOf = (path: string): string =>
      `vigil-${hashShortly(path)}.99999999.1.00000000-0000-4000-8000-000000000000.ring`;
    const own = ['/dev/shm', directory].map((parent) => join(parent, nameOf(directory)));
    const other = join(directory, nameOf('/elsewhere'));
    for (const path of [...own, other]) writeFileSync(path, '');
    const session = await runServer('in-flight.cjs', { flags: ['--state-dir', directory] });
    await session.ready();
    await session.stop();
    expect([...own, other].map((path) => existsSync(path))).toEqual([false, false, true]);
    await assertNoLeaks();
  });
});

describe('the suspect', () => {
  it('is the route in flight in most of the last deaths, also those under an earlier monitor', async () => {
    const run = {
      flags: ['--state-dir', await makeTempDirectory()],
      set: ['restart.breaker.failures=100'],
    };
    const first = await runServer('in-flight.cjs', run);
    for (const generation of [1, 2, 3]) await dieOf(first, generation);
    await first.vigil.waitForLine(/warn: .* POST \/later\/:id was in flight in 3 of 3$/);
    await first.stop();
    const second = await runServer('in-flight.cjs', run);
    const { suspect } = await dieOf(second, 1);
    expect(suspect).toEqual({ route: 'POST /later/:id', hits: 4, of: 4 });
    second.vigil.child.kill('SIGTERM');
    await second.vigil.waitForExit();
    expect(second.reports().map((report) => report['suspect'])).toMatchObject([
      null,
      { hits: 2, of: 2 },
      { hits: 3, of: 3 },
      { route: 'POST /later/:id', hits: 4, of: 4 },
    ]);
    await assertNoLeaks();
  });
});

describe('the quarantine', () => {
  it('refuses the suspect for a while, and serves everything else', async () => {
    const session = await runServer('in-flight.cjs', {
      set: ['quarantine=true', 'restart.breaker.failures=100', 'restart.breaker.cooldownSeconds=4'],
    });
    for (const generation of [1, 2]) await dieOf(session, generation);
    const started = await session.event('quarantine.started');
    expect(started).toMatchObject({ route: 'POST /later/:id', forMs: 4000, generation: 2 });
    await session.ready(3);
    const refused = await session.get('/later/4?key=1', { method: 'POST', body: 'x'.repeat(1e6) });
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': expect.any(String) } });
    expect(await session.get('/other', { method: 'POST' })).toMatchObject({ status: 200 });
    await session.event('quarantine.ended');
    await session.act('/exit');
    await session.ready(4);
    await session
      .get('/later/5', { method: 'POST' })
      .then(({ status }) => {
        expect(status).not.toBe(503);
      })
      .catch(() => undefined);
    await session.event('crash.reported', 4);
    await session.stop();
    expect(session.reports().map((report) => report['quarantined'])).toMatchObject([
      null,
      { route: 'POST /later/:id' },
      null,
      { route: 'POST /later/:id' },
    ]);
    await assertNoLeaks();
  });
});

/** Lets a request end the process while others are open. */
async function dieOf(session: Session, generation: number): Promise<LoggedEvent> {
  // An earlier session may have written to the same log.
  const { pid } = await session.event(
    'worker.ready',
    (event) => event['generation'] === generation && isRunning(Number(event['pid'])),
  );
  const others = await openRequests(session, ['/open/1', '/open/2']);
  await session
    .get(`/later/${String(generation)}?key=${SECRET}`, { method: 'POST' })
    .catch(() => undefined);
  others.end();
  return session.event('crash.reported', (event) => event['pid'] === pid);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function listed(report: Record<string, unknown> | undefined): Listed[] {
  return report?.['requestsInFlight'] as Listed[];
}

async function sendTogether(session: Session, paths: readonly string[]): Promise<Socket> {
  const socket = connect(Number(await session.port()), '127.0.0.1').on('error', () => undefined);
  socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''));
  return socket;
}

async function openRequests(session: Session, paths: readonly string[]): Promise<{ end(): void }> {
  const base = `http://127.0.0.1:${await session.port()}`;
  const open: ClientRequest[] = [];
  for (const path of paths) {
    const one = request(`${base}${path}`, { method: 'POST', agent: false }).on(
      'error',
      () => undefined,
    );
    one.end();
    open.push(one);
    // The server reads in order of arrival.
    await session.get('/');
  }
  return {
    end: () => {
      for (const one of open) one.destroy();
    },
  };
}

function ringsOf(session: Session): string[] {
  const pid = String(session.vigil.child.pid);
  return ['/dev/shm', session.vigil.stateDirectory].flatMap((directory) =>
    readdirSync(directory)
      .filter((name) => name.includes(`.${pid}.`) && name.endsWith('.ring'))
      .map((name) => join(directory, name)),
  );
}

function recorded(session: Session): string {
  return ringsOf(session)
    .map((path) => readFileSync(path, 'latin1'))
    .join('');
}

function filesHolding(session: Session, text: string): string[] {
  const { stateDirectory } = session.vigil;
  return readdirSync(stateDirectory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path, 'utf8').includes(text));
}
