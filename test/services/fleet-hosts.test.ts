import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostStateBody } from '../../lib/fleet/hosts/host-event.ts';
import { readAgentProgram } from '../../lib/fleet/hosts/agent-program.ts';
import type { StartOrder } from '../../lib/fleet/hosts/agent-protocol.ts';
import { RemoteHost } from '../../lib/fleet/hosts/remote-host.ts';
import { systemClock } from '../../lib/util/clock.ts';
import { itWhere } from '../support/it-where.ts';
import { isAlive } from '../support/marked-processes.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';
import { CAN_MAKE_HOSTS, makeSshNetwork, type SshHost, type SshNetwork } from './ssh-hosts.ts';

const itThere = itWhere(
  CAN_MAKE_HOSTS,
  'hosts of a fleet: root, network namespaces and sshd are needed',
);
/** Quicker than in earnest, so that a cut link shows within seconds. */
const RHYTHM = { beatMs: 300, silenceMs: 3000, openMs: 20_000, answerMs: 10_000 };
const SERVER = `
process.on('SIGTERM', () => { console.log('ends'); process.exit(7); });
console.log('secret is', process.env.SECRET, 'args', process.argv.slice(2).join(' '));
setInterval(() => console.log('tick', process.pid), 100);
`;

let network: SshNetwork;
let base: string;
const opened: RemoteHost[] = [];

beforeAll(async () => {
  if (CAN_MAKE_HOSTS) network = await makeSshNetwork(2);
}, 60_000);

afterAll(async () => {
  if (CAN_MAKE_HOSTS) await network.end();
});

beforeEach(async () => {
  base = await makeTempDirectory({ 'app.js': SERVER });
});

afterEach(async () => {
  for (const host of opened.splice(0)) {
    for (const pid of running(host)) killIfThere(pid);
    await host.close();
  }
});

interface Opened {
  readonly host: RemoteHost;
  readonly events: HostStateBody[];
  readonly output: string[];
}

function open(
  target: SshHost | string,
  options: { owner?: string; params?: string[] } = {},
): Opened {
  const events: HostStateBody[] = [];
  const output: string[] = [];
  let count = 0;
  const name = typeof target === 'string' ? target : target.name;
  const host = new RemoteHost({
    clock: systemClock,
    random: Math.random,
    host: name,
    destination: () => ({
      host: name,
      params: options.params ?? network.params,
      controlPath: join(
        base,
        `c${String(process.pid)}-${String(opened.length)}-${String(++count)}`,
      ),
      connectSeconds: 3,
    }),
    claim: {
      here: { path: join(base, 'here'), key: 'x' },
      fleet: 'abc123',
      base,
      owner: options.owner ?? 'master',
      isTied: false,
    },
    program: readAgentProgram(),
    rhythm: RHYTHM,
    onEvent: (event) => events.push(event),
    onUp: () => undefined,
    onFound: () => undefined,
    onOutput: (_server, text) => output.push(text),
  });
  opened.push(host);
  host.open();
  return { host, events, output };
}

function order(server = 'chat-1', more: Partial<StartOrder> = {}): StartOrder {
  const main = join(base, 'app.js');
  return {
    server,
    run: 'r1',
    base,
    main,
    ports: [],
    args: [main, `id=${server}`],
    environment: { SECRET: 'only-here' },
    cpus: null,
    ...more,
  };
}

const pids = new Map<RemoteHost, number[]>();

function running(host: RemoteHost): number[] {
  return pids.get(host) ?? [];
}

async function startOn(
  host: RemoteHost,
  wanted = order(),
): Promise<ReturnType<RemoteHost['start']>> {
  const handle = host.start(wanted);
  const pid = await waitUntil(
    () => handle.identity.pid ?? undefined,
    () => `no pid; ${host.trouble?.message ?? host.state}`,
  );
  pids.set(host, [...running(host), pid]);
  return handle;
}

function waitForState(host: RemoteHost, state: RemoteHost['state']): Promise<true> {
  return waitUntil(
    () => (host.state === state ? true : undefined),
    () => `the host is ${host.state}, not ${state}: ${host.trouble?.message ?? ''}`,
    30_000,
  );
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

function host(index: number): SshHost {
  const found = network.hosts[index];
  if (found === undefined) throw new Error('no such host');
  return found;
}

describe('a host by ssh', () => {
  itThere(
    'starts a server there, with its environment out of the command line, tells what it writes and how it ends',
    async () => {
      const { host: web, output, events } = open(host(0));
      web.follow('chat-1', true);
      const handle = await startOn(web);
      const pid = Number(handle.identity.pid);
      await waitUntil(
        () => (output.join('').includes('tick') ? true : undefined),
        () => `wrote ${output.join('')}`,
      );
      expect(handle.identity.host).toBe('vigil-web1');
      expect(await readFile(`/proc/${String(pid)}/cmdline`, 'latin1')).not.toContain('only-here');
      expect(await readFile(join(base, 'logs/chat-1.log'), 'utf8')).toContain(
        'secret is only-here args id=chat-1',
      );
      expect((await web.tail('chat-1', 1))[0]).toContain('tick');
      expect(await handle.signalTree('SIGTERM')).toBe(1);
      expect(await handle.exit).toEqual({ code: 7, signal: null, spawnError: null });
      expect(web.lastWords('chat-1').at(-1)).toBe('ends');
      expect(events).toEqual([{ type: 'host.up', host: 'vigil-web1', reason: null, code: null }]);
    },
    60_000,
  );

  itThere(
    'is unknown while it is cut off, and has the same process afterwards',
    async () => {
      const { host: web, events } = open(host(0));
      const handle = await startOn(web);
      const pid = Number(handle.identity.pid);
      host(0).cut();
      await waitForState(web, 'unknown');
      expect(await handle.signalTree('SIGUSR2')).toBe(0);
      expect(isAlive(pid)).toBe(true);
      host(0).restore();
      await waitForState(web, 'up');
      expect(handle.identity.pid).toBe(pid);
      expect(web.found('chat-1')).toBeNull();
      const again = web.start(order());
      await waitUntil(
        () => again.identity.pid ?? undefined,
        () => 'was not found again',
      );
      expect(again.identity.pid).toBe(pid);
      expect(events.map(({ type }) => type)).toEqual(['host.up', 'host.unknown', 'host.up']);
      await again.signalTree('SIGKILL');
      expect(await again.exit).toMatchObject({ spawnError: null });
      expect(isAlive(pid)).toBe(false);
    },
    90_000,
  );

  itThere(
    'ends a server after the cut that was told to end during it',
    async () => {
      const { host: web } = open(host(0));
      const handle = await startOn(web);
      host(0).cut();
      await waitForState(web, 'unknown');
      expect(await handle.signalTree('SIGTERM')).toBe(0);
      host(0).restore();
      expect(await handle.exit).toMatchObject({ spawnError: null });
      expect(web.lastWords('chat-1').at(-1)).toBe('ends');
    },
    90_000,
  );

  itThere(
    'tells the next master what runs, and refuses the orders of the one before',
    async () => {
      const { host: first } = open(host(0));
      const handle = await startOn(first);
      const { pid, startTime } = handle.identity;
      const { host: second } = open(host(0));
      await waitForState(second, 'up');
      expect(second.found('chat-1')).toMatchObject({ pid, startTime });
      const late = first.start(order('chat-2'));
      expect((await late.exit).spawnError).toMatchObject({ code: 'ERR_FLEET_HOST_FENCED' });
    },
    60_000,
  );

  itThere(
    'does not let the master of another machine take a fleet over that is kept',
    async () => {
      const { host: first } = open(host(0), { owner: 'one' });
      await waitForState(first, 'up');
      const { host: second } = open(host(0), { owner: 'two' });
      await second.answered;
      expect(second.trouble).toMatchObject({ code: 'ERR_FLEET_HOST_FENCED' });
      expect(second.trouble?.message).toContain('the master one has the servers of this fleet');
      expect(first.state).toBe('up');
    },
    60_000,
  );

  itThere(
    'says what stands in the way of a start: a port that is taken, a file that is not there',
    async () => {
      const { host: web } = open(host(1));
      await startOn(
        web,
        order('holder', {
          args: ['-e', "require('net').createServer().listen(4711, () => console.log('listens'))"],
        }),
      );
      await waitUntil(
        async () => ((await web.tail('holder', 1))[0] === 'listens' ? true : undefined),
        () => 'does not listen',
      );
      const taken = web.start(order('chat-2', { ports: [4711] }));
      const { spawnError } = await taken.exit;
      expect(spawnError).toMatchObject({ code: 'ERR_FLEET_HOST_UNFIT' });
      expect(spawnError?.message).toMatch(
        /^host vigil-web2: port 4711 is taken by .*node.*\(pid \d+\)$/,
      );
      const main = join(base, 'other.js');
      const missing = web.start(order('chat-3', { main }));
      expect((await missing.exit).spawnError?.message).toBe(
        `host vigil-web2: the file ${main} is not there`,
      );
      expect(await web.preflight({ base, main, ports: [4712] })).toEqual([
        `the file ${main} is not there`,
      ]);
    },
    60_000,
  );

  itThere(
    'is not asked anything when its key is unknown or has changed',
    async () => {
      const empty = join(base, 'known_hosts');
      await writeFile(empty, '');
      const strict = ['-o', `UserKnownHostsFile=${empty}`, ...network.params];
      const { host: unknown } = open(host(0), { params: strict });
      await unknown.answered;
      expect(unknown.trouble).toMatchObject({ code: 'ERR_FLEET_HOST_KEY' });
      expect(unknown.trouble?.message).toContain('is not known: connect once by hand');
      await host(1).changeKey();
      const { host: changed } = open(host(1));
      await changed.answered;
      expect(changed.trouble).toMatchObject({ code: 'ERR_FLEET_HOST_KEY' });
      expect(changed.trouble?.message).toContain('is not the one that known_hosts has');
      expect(changed.state).toBe('unknown');
    },
    60_000,
  );

  itThere(
    'says that it lets nobody in, or cannot be reached',
    async () => {
      const denied = open(host(0), { params: ['-o', 'User=nobody', ...network.params] }).host;
      await denied.answered;
      expect(denied.trouble).toMatchObject({ code: 'ERR_FLEET_HOST_DENIED' });
      const silent = `${network.address.replace(/1$/, '')}99`;
      const { host: away, events } = open(silent);
      await away.answered;
      expect(away.trouble).toMatchObject({ code: 'ERR_FLEET_HOST_UNREACHABLE' });
      expect(events).toEqual([
        {
          type: 'host.unknown',
          host: silent,
          reason: expect.stringContaining('cannot be reached'),
          code: 'ERR_FLEET_HOST_UNREACHABLE',
        },
      ]);
    },
    60_000,
  );

  itThere(
    'puts the agent there anew when its file is not what it should be',
    async () => {
      const { host: web } = open(host(0));
      await waitForState(web, 'up');
      const file = join(host(0).home, '.cache/vigil', `agent-${readAgentProgram().sha256}.cjs`);
      await web.close();
      await writeFile(file, 'throw new Error("not the agent")');
      await mkdir(join(base, 'x'));
      const { host: again } = open(host(0));
      await waitForState(again, 'up');
      expect(await readFile(file)).toEqual(readAgentProgram().bytes);
    },
    60_000,
  );
});
