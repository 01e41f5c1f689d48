import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type StartedChild, startChild, startNode } from '../support/start-child.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { itWhere } from '../support/it-where.ts';
import { isAlive } from '../support/marked-processes.ts';
import { waitUntil } from '../support/wait-until.ts';
import { CAN_MAKE_HOSTS, makeSshNetwork, type SshNetwork } from './ssh-hosts.ts';

const CLI = resolve(__dirname, '../../dist/cli/main.js');
const FLEET = resolve(__dirname, '../../dist/fleet/index.js');
const itThere = itWhere(
  CAN_MAKE_HOSTS,
  'hosts of a fleet: root, network namespaces and sshd are needed',
);
const APP = `
const { createApp } = require(${JSON.stringify(FLEET)});
const app = createApp();
console.log('here is', app.get('serverId'));
app.start();
`;

let network: SshNetwork;
let base: string;
let master: StartedChild | null = null;

beforeEach(async () => {
  if (!CAN_MAKE_HOSTS) return;
  network = await makeSshNetwork(3);
  base = network.application;
  await writeConfig(base);
  for (const { files } of network.hosts) await writeConfig(files);
}, 60_000);

afterEach(async () => {
  if (!CAN_MAKE_HOSTS) return;
  for (const pid of ownPids()) killIfThere(pid);
  await network.end();
});

async function writeConfig(directory: string): Promise<void> {
  await mkdir(join(directory, 'config'));
  await writeFile(join(directory, 'app.js'), APP);
  await writeFile(join(directory, 'package.json'), '{}');
  const host = (at: number): string => network.hosts[at]?.name ?? '';
  const servers = {
    gate: [{ id: 'gate-1', host: host(0), port: 6010 }],
    chat: [
      { id: 'chat-1', host: host(1), port: 6020, secret_key: 'k1' },
      { id: 'chat-2', host: host(2), port: 6020 },
      { id: 'chat-3', host: network.address, port: 6021 },
    ],
  };
  const users = [{ id: '1', username: 'op', password: 'op-word', level: 1 }];
  const port = 20_000 + (process.pid % 20_000);
  const self = { host: network.address, port, ssh_config_params: network.params };
  await writeFile(join(directory, 'config/master.json'), JSON.stringify({ production: self }));
  await writeFile(join(directory, 'config/servers.json'), JSON.stringify({ production: servers }));
  await writeFile(join(directory, 'config/adminUser.json'), JSON.stringify(users));
}

function startMaster(): StartedChild {
  master = startNode([join(base, 'app.js'), 'env=production'], { cwd: base });
  return master;
}

function log(): string {
  return master?.output.text ?? '';
}

interface Row {
  readonly id: string;
  readonly pid: number | null;
  readonly state: string;
  readonly host: string;
}

async function vigil(...args: string[]): Promise<{ code: number | null; text: string }> {
  const config = JSON.parse(readFileSync(join(base, 'config/master.json'), 'utf8')) as {
    production: { host: string; port: number };
  };
  const { host, port } = config.production;
  const at = ['-h', host, '-P', String(port), '-u', 'op', '-p', 'op-word'];
  const child = startChild(process.execPath, [CLI, 'fleet', ...args, ...at], { cwd: base });
  const { code } = await child.waitForExit(60_000);
  return { code, text: child.output.all.map(({ text }) => text).join('\n') };
}

async function list(): Promise<Map<string, Row>> {
  const { text } = await vigil('list', '--json');
  try {
    const rows = JSON.parse(text) as Row[];
    return new Map(rows.map((row) => [row.id, row]));
  } catch {
    throw new Error(`list said ${text}\n${log()}`);
  }
}

const IDS = ['gate-1', 'chat-1', 'chat-2', 'chat-3'];

function pidsOf(rows: Map<string, Row>): (number | null | undefined)[] {
  return IDS.map((id) => rows.get(id)?.pid);
}

async function waitForAll(): Promise<(number | null | undefined)[]> {
  await waitUntil(
    () => (log().includes('all servers have started') ? true : undefined),
    log,
    60_000,
  );
  return pidsOf(await list());
}

/** What the fleet of this test has started anywhere: all namespaces share the processes of this machine. */
function ownPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const words = readFileSync(`/proc/${name}/cmdline`, 'latin1');
        return words.includes(`${base}/app.js`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

function readLog(id: string): string {
  const file = join(base, 'logs', `${id}.log`);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

describe('a fleet over several hosts', () => {
  itThere(
    'starts servers there, keeps them over the death of its master, and leaves nothing when it is stopped',
    async () => {
      startMaster();
      const pids = await waitForAll();
      expect(new Set(pids).size).toBe(4);
      expect(readFileSync(`/proc/${String(pids[1])}/cmdline`, 'latin1')).not.toContain('k1');
      // What is written there is here as well.
      await waitUntil(
        () => (readLog('chat-1').includes('here is chat-1') ? true : undefined),
        () => readLog('chat-1'),
      );
      master?.kill('SIGKILL');
      await master?.waitForExit();
      startMaster();
      await waitUntil(() => (log().includes('listens at') ? true : undefined), log);
      await waitUntil(
        async () =>
          [...(await list()).values()].every(({ state }) => state === 'up') ? true : undefined,
        log,
        60_000,
      );
      expect(pidsOf(await list())).toEqual(pids);
      killIfThere(Number(pids[2]));
      await waitUntil(
        async () => {
          const row = (await list()).get('chat-2');
          return row?.state === 'up' && row.pid !== pids[2] && row.pid !== null ? true : undefined;
        },
        log,
        60_000,
      );
      const ended = master?.waitForExit(60_000);
      expect(await vigil('stop')).toMatchObject({ code: 0 });
      expect((await ended)?.code).toBe(0);
      expect(ownPids()).toEqual([]);
      await network.end();
      await assertNoLeaks();
    },
    180_000,
  );

  itThere(
    'says unknown of a host that is cut off, starts nothing in its place, and has no double when it is back',
    async () => {
      startMaster();
      const pids = await waitForAll();
      network.hosts[1]?.cut();
      await waitUntil(() => (log().includes('is tried again') ? true : undefined), log, 60_000);
      expect((await list()).get('chat-1')).toMatchObject({ state: 'unknown', pid: pids[1] });
      expect(isAlive(Number(pids[1]))).toBe(true);
      expect(log()).toContain(`host ${String(network.hosts[1]?.name)}`);
      network.hosts[1]?.restore();
      await waitUntil(
        async () => ((await list()).get('chat-1')?.state === 'up' ? true : undefined),
        log,
        90_000,
      );
      expect(pidsOf(await list())).toEqual(pids);
      expect(ownPids()).toHaveLength(5);
      expect(await vigil('stop')).toMatchObject({ code: 0 });
      await master?.waitForExit();
      await network.end();
      await assertNoLeaks();
    },
    240_000,
  );

  itThere(
    'does not start a server on another host before it is gone from the one where it ran',
    async () => {
      startMaster();
      const pids = await waitForAll();
      master?.kill('SIGKILL');
      await master?.waitForExit();
      network.hosts[1]?.cut();
      const file = join(base, 'config/servers.json');
      const [from, to] = [network.hosts[1]?.name ?? '', network.hosts[0]?.name ?? ''];
      await writeFile(file, (await readFile(file, 'utf8')).replace(from, to));
      await startMaster().waitForLine(
        /chat-1 ran on host vigil-web2, which does not answer/,
        60_000,
      );
      expect(isAlive(Number(pids[1]))).toBe(true);
      expect(ownPids()).toHaveLength(5);
      network.hosts[1]?.restore();
      await waitUntil(
        async () => ((await list()).get('chat-1')?.state === 'up' ? true : undefined),
        log,
        120_000,
      );
      expect(isAlive(Number(pids[1]))).toBe(false);
      expect(ownPids()).toHaveLength(5);
      expect(await vigil('stop')).toMatchObject({ code: 0 });
      expect(ownPids()).toEqual([]);
      await network.end();
      await assertNoLeaks();
    },
    240_000,
  );

  itThere(
    'ends with 1 naming the host when it is stopped while one is away',
    async () => {
      startMaster();
      const pids = await waitForAll();
      network.hosts[2]?.cut();
      const one = await vigil('stop', 'chat-2');
      expect(one).toMatchObject({
        code: 1,
        text: expect.stringContaining(`chat-2 on ${String(network.hosts[2]?.name)}`),
      });
      const ended = master?.waitForExit(60_000);
      const { code, text } = await vigil('stop');
      expect(code).toBe(1);
      expect(text).toContain(String(network.hosts[2]?.name));
      expect((await ended)?.code).toBe(1);
      expect(ownPids()).toEqual([pids[2]]);
      await network.end();
      await assertNoLeaks();
    },
    240_000,
  );
});
