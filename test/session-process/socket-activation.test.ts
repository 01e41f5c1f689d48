import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { EventLog } from '../support/event-log.ts';
import { request } from '../support/request.ts';
import { type StartedChild, startNode } from '../support/start-child.ts';
import { startSteadyLoad } from '../support/steady-load.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { fixture } from './run-server.ts';

const CLI = resolve(__dirname, '../../dist/cli/main.js');

afterEach(async () => {
  await assertNoLeaks();
});

interface Passing {
  readonly sockets: readonly object[];
  readonly names?: string;
  readonly count?: number | string;
  /** Where the server listens; of a passed one `$0` and so on stand for its port. */
  readonly places: readonly string[];
  readonly set?: readonly string[];
}

interface Activated {
  readonly manager: StartedChild;
  readonly events: EventLog;
  stop(): Promise<void>;
}

async function activate({ places, set = [], ...told }: Passing): Promise<Activated> {
  const stateDirectory = join(await makeTempDirectory(), 'state');
  const settings = ['polling.intervalSeconds=0.2', ...set].flatMap((one) => ['--set', one]);
  const run = ['run', fixture('many-doors.cjs'), '--state-dir', stateDirectory, '--no-repl'];
  const args = [CLI, ...run, '--port', '0', ...settings, '--', ...places];
  const manager = startNode([fixture('passes-sockets.cjs'), JSON.stringify({ ...told, args })]);
  const events = new EventLog(join(stateDirectory, 'events.jsonl'));
  return {
    manager,
    events,
    stop: async () => {
      const { monitorPid } = await events.waitFor('session.started');
      process.kill(Number(monitorPid), 'SIGTERM');
      expect((await manager.waitForExit()).code).toBe(0);
    },
  };
}

async function portOf(child: StartedChild): Promise<number> {
  const [, port] = await child.waitForLine(/^passed: .*"port":(\d+)/);
  return Number(port);
}

describe('a monitor that a service manager starts with a listening socket', () => {
  it('has the server listen on it, whatever port it asks for, and keeps it through deaths', async () => {
    const { manager, events, stop } = await activate({ sockets: [{ port: 0 }], places: ['0'] });
    const port = await portOf(manager);
    await manager.waitForLine(new RegExp(`^0 is .*"port":${port}`));
    const { pid } = await events.waitFor('worker.ready');
    const load = startSteadyLoad({ port });
    process.kill(Number(pid), 'SIGKILL');
    // With the process are lost at most those that were under way.
    const losable = load.underWay;
    await events.waitFor('worker.ready', (event) => event['generation'] === 2);
    const { body } = await request(`http://127.0.0.1:${port}/`);
    expect(JSON.parse(body)).toMatchObject({ listen: null });
    const { 200: good = 0, ECONNRESET: lost = 0, ...others } = (await load.end()).outcomes;
    expect([others, good > 0, lost <= losable]).toEqual([{}, true, true]);
    await stop();
  });

  it('gives each of several to the place that fits it, by path, by port and by name', async () => {
    const path = join(await makeTempDirectory(), 'door.sock');
    const { manager, events, stop } = await activate({
      sockets: [{ path }, { port: 0 }],
      names: 'local:server',
      places: [path, '0'],
    });
    const port = await portOf(manager);
    await manager.waitForLine(new RegExp(`^0 is .*"port":${port}`));
    await events.waitFor('worker.ready');
    const local = await request('http://localhost/', { socketPath: path });
    expect(JSON.parse(local.body)).toMatchObject({ place: path });
    await stop();
    // Its file is the service manager's.
    expect(existsSync(path)).toBe(true);
  });

  it.each([
    ['no number', { count: 'two' }, /LISTEN_FDS is "two", no number of sockets: ignored/],
    ['too many', { count: 2 }, /descriptor 4 of LISTEN_FDS is no .*: ignored/],
    ['a file', { sockets: [{ file: __filename }] }, /descriptor 3 of LISTEN_FDS is no .*: ignored/],
    [
      'with socket.hold off',
      { set: ['socket.hold=false'] },
      /LISTEN_FDS are not used: socket\.hold is false/,
    ],
  ])(
    'warns and starts all the same when what is passed is of no use: %s',
    async (_what, part, warning) => {
      const { manager, events, stop } = await activate({
        sockets: [{ port: 0 }],
        places: ['0'],
        ...part,
      });
      await manager.waitForLine(warning);
      await events.waitFor('worker.ready');
      await stop();
    },
  );
});
