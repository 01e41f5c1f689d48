import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { itWhere } from '../support/it-where.ts';
import { runVigil } from '../support/spawn-vigil.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const VERIFIES = spawnSync('systemd-analyze', ['--version']).status === 0;
const itVerified = itWhere(VERIFIES, 'no systemd-analyze');
const MASTER = { production: { id: 'master-server-1', host: '127.0.0.1', port: 3005 } };
const CHAT = { host: '127.0.0.1', port: '6050++', clusterCount: 2 };

/** What a systemd of this machine says of units, of those alone. */
function verify(files: readonly string[]): object {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', ...files], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

async function exportUnits(folder: string, servers: object): Promise<string> {
  const base = join(await makeTempDirectory(), folder);
  mkdirSync(join(base, 'config'), { recursive: true });
  const template = await makeTempDirectory({
    'app.js': '',
    'config/master.json': JSON.stringify(MASTER),
    'config/servers.json': JSON.stringify({ production: servers }),
  });
  cpSync(template, base, { recursive: true });
  const out = join(base, 'units');
  const args = ['fleet', 'export', '-e', 'production', '--to', 'systemd', '--out', out];
  const { code, stderr } = await runVigil([...args, '--name', 'chat'], { cwd: base });
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
  return out;
}

function unitsIn(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => /\.(service|target)$/.test(name))
    .map((name) => join(directory, name));
}

afterEach(async () => {
  await assertNoLeaks();
});

describe('the units of vigil fleet export', () => {
  itVerified.each([
    ['a plain fleet', 'shop', { chat: [CHAT] }],
    [
      'several types in their order',
      'types',
      { gate: [{ id: 'gate-1', host: '127.0.0.1', port: 3010, frontend: true }], chat: [CHAT] },
    ],
    [
      'a folder and values that need quotes',
      'my 50% $shop',
      { chat: [{ ...CHAT, greeting: 'say "hello" for $5; 100%', path: 'C:\\rooms' }] },
    ],
    [
      'secrets, flags of node and a processor',
      'secrets',
      { chat: [{ ...CHAT, password: 'tell nobody', args: '--max-old-space-size=64', cpu: 0 }] },
    ],
  ])('are in order for %s', async (_what, folder, servers) => {
    const files = unitsIn(await exportUnits(folder, servers));
    expect(files.length).toBeGreaterThanOrEqual(4);
    expect(verify(files)).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  itVerified('are in order for each host by itself', async () => {
    const other = { id: 'chat-far', host: '10.9.8.7', port: 6060 };
    const out = await exportUnits('hosts', { chat: [CHAT, other] });
    const hosts = readdirSync(out);
    expect(hosts).toHaveLength(2);
    for (const host of hosts) {
      const files = unitsIn(join(out, host));
      expect(verify(files)).toEqual({ status: 0, stdout: '', stderr: '' });
    }
  });
});
