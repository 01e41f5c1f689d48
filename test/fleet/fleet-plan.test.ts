import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigError } from '../../lib/config/config-error.ts';
import { loadFleetPlan } from '../../lib/fleet/plan/load-fleet-plan.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const MASTER = { development: { id: 'master-server-1', host: '127.0.0.1', port: 3005 } };

async function writeConfig(files: Readonly<Record<string, unknown>>): Promise<string> {
  const base = await makeTempDirectory();
  for (const [name, content] of Object.entries(files)) {
    const file = join(base, 'config', `${name}.json`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  }
  return base;
}

async function load(files: Readonly<Record<string, unknown>>, env = 'development') {
  return loadFleetPlan({ base: await writeConfig(files), env });
}

async function problemsOf(files: Readonly<Record<string, unknown>>): Promise<string[]> {
  try {
    await load({ master: MASTER, ...files });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ message }) => message);
    throw error;
  }
  return [];
}

describe('loadFleetPlan', () => {
  it('reads the files of an environment, whole or by key, in the order they are written', async () => {
    const plan = await load({
      master: MASTER,
      servers: {
        development: {
          gate: [{ id: 'gate-1', host: '127.0.0.1', port: 3014, frontend: true, cpu: 1 }],
          chat: [
            { id: 'chat-1', host: 'localhost', port: '6050', args: '--expose-gc', area: 7 },
            { id: 'chat-2', host: '127.0.0.1', port: 6051, 'auto-restart': 'false' },
          ],
        },
        production: { gate: 'not looked at' },
      },
      adminServer: [{ type: 'chat', token: 't1' }],
      'development/adminUser': [{ id: 'u', username: 'me', password: 'secret', level: '2' }],
    });
    expect(plan.master).toMatchObject({ id: 'master-server-1', port: 3005, adminHttpPort: null });
    expect(plan.servers).toEqual([
      { id: 'gate-1', serverType: 'gate', host: '127.0.0.1', port: 3014, frontend: true, cpu: 1 },
      expect.objectContaining({ id: 'chat-1', serverType: 'chat', port: 6050, area: 7 }),
      expect.objectContaining({ id: 'chat-2', 'auto-restart': 'false' }),
    ]);
    expect(plan.tokens).toEqual([{ type: 'chat', token: 't1' }]);
    expect(plan.users).toEqual([{ id: 'u', username: 'me', password: 'secret', level: 2 }]);
  });

  it('has a master of its own and no servers without any file', async () => {
    const plan = await load({});
    expect(plan).toMatchObject({ servers: [], tokens: null, users: null });
    expect(plan.master).toMatchObject({ host: '127.0.0.1', port: 3005 });
  });

  it('makes of clusterCount as many servers, whose "++" values count up and whose numbers go on', async () => {
    const { servers } = await load({
      master: MASTER,
      servers: {
        development: {
          chat: [
            { host: '127.0.0.1', port: '6060++', clientPort: '7000++', clusterCount: 2 },
            { host: '10.0.0.1', port: 6060, clusterCount: '1' },
          ],
        },
      },
    });
    expect(servers.map(({ id, host, port, clientPort }) => [id, host, port, clientPort])).toEqual([
      ['cluster-server-chat-0', '127.0.0.1', 6060, 7000],
      ['cluster-server-chat-1', '127.0.0.1', 6061, 7001],
      ['cluster-server-chat-2', '10.0.0.1', 6060, undefined],
    ]);
    expect(servers.some((server) => 'clusterCount' in server)).toBe(false);
  });

  it('tells every problem with file, line and column, and no secret', async () => {
    const servers = `{
  "development": {
    "chat": [
      { "id": "chat-1", "host": "-oProxyCommand", "port": 6050 },
      { "id": "../up", "host": "127.0.0.1", "port": 70000 },
      { "host": "127.0.0.1", "port": 6052, "password": { "a": 1 } }
    ],
    "master": [],
    "gate": {}
  }
}`;
    expect(await problemsOf({ servers })).toEqual([
      'config/servers.json:4:33: development.chat[0].host: expected a host name or an IP address, found "-oProxyCommand"',
      expect.stringMatching(/^config\/servers\.json:5:15: .*id: expected a name of letters/),
      expect.stringMatching(/^config\/servers\.json:5:53: .*port: expected a port, 1 to 65535/),
      expect.stringMatching(/^config\/servers\.json:6:7: .*id: expected a name .*found nothing$/),
      expect.stringMatching(/^config\/servers\.json:6:56: .*password: expected a text, a number/),
      expect.stringMatching(/^config\/servers\.json:8:15: .*master: expected a type/),
      expect.stringMatching(/^config\/servers\.json:9:13: .*gate: expected a list of servers/),
    ]);
    const adminUser = [{ username: 'me', password: 90210, level: 3 }];
    const people = await problemsOf({ adminUser });
    expect(people).toHaveLength(2);
    expect(people.join('\n')).not.toContain('90210');
  });

  it('refuses two servers with one id, and two on one port of one host', async () => {
    const chat = [
      { id: 'chat-1', host: '127.0.0.1', port: 6050 },
      { id: 'chat-1', host: '127.0.0.1', port: 6051 },
      { id: 'chat-3', host: 'localhost', port: 6050 },
      { id: 'chat-4', host: '10.0.0.1', port: 6050 },
      { id: 'chat-5', host: '127.0.0.1', port: 3005 },
    ];
    expect(await problemsOf({ servers: { development: { chat } } })).toEqual([
      expect.stringContaining(
        'chat[1].id: expected an id of its own, found "chat-1" a second time',
      ),
      expect.stringContaining('found 6050, which chat-1 has on that host'),
      expect.stringContaining('found 3005, which master-server-1 has on that host'),
    ]);
  });

  it('refuses an environment that a file does not have', async () => {
    await expect(load({ master: MASTER }, 'production')).rejects.toThrow(
      'config/master.json:1:1: expected a key "production", the environment, found the keys development',
    );
  });
});
