import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExportChoices } from '../../../lib/fleet/export/create-export-facts.ts';
import { exportFleet } from '../../../lib/fleet/export/export-fleet.ts';
import type { ExportedFile } from '../../../lib/fleet/export/export-facts.ts';
import type { FleetPlan, ServerEntry } from '../../../lib/fleet/plan/server-entry.ts';

const GOLDEN = join(__dirname, 'golden');

const PLAN: FleetPlan = {
  base: '/srv/chat',
  env: 'production',
  master: {
    id: 'master-server-1',
    host: '127.0.0.1',
    port: 3005,
    adminHttpPort: 3010,
    mail: null,
    tls: null,
    startDeadlineSeconds: 60,
    stopDeadlineSeconds: 45,
    silenceSeconds: 15,
    sshParams: [],
    sendEnvironment: [],
  },
  servers: [
    { id: 'chat-1', serverType: 'chat', host: '127.0.0.1', port: 6050, cpu: 2 },
    { id: 'gate-1', serverType: 'gate', host: '127.0.0.1', clientPort: 3014, frontend: true },
    {
      id: 'chat_2',
      serverType: 'chat',
      host: '127.0.0.1',
      port: 6051,
      args: '--max-old-space-size=512',
      dbPassword: `a'b\\c"\${d}`,
      title: '100% "good" ${x} %{y} $HOME',
    },
  ],
  tokens: null,
  users: null,
};

const CHOICES: ExportChoices = { to: 'systemd', name: 'chat', user: 'node', image: null };

function exportTo(
  to: ExportChoices['to'],
  { plan = PLAN, ...choices }: Partial<ExportChoices> & { plan?: FleetPlan } = {},
): ExportedFile[] {
  return exportFleet(plan, { ...CHOICES, to, ...choices }).map((file) => ({
    ...file,
    text: file.text.replaceAll(process.execPath, '/usr/bin/node'),
  }));
}

function textOf(files: readonly ExportedFile[], path: string): string {
  return files.find((file) => file.path === path)?.text ?? `no ${path}`;
}

function changeServers(change: (entry: ServerEntry) => ServerEntry): FleetPlan {
  return { ...PLAN, servers: PLAN.servers.map(change) };
}

describe('an exported fleet', () => {
  test.each(['systemd', 'nomad', 'kubernetes'] as const)(
    'is for %s what its golden files say',
    (to) => {
      const folder = join(GOLDEN, to);
      const files = exportTo(to);
      const written = Object.fromEntries(
        readdirSync(folder).map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
      );
      expect(Object.fromEntries(files.map(({ path, text }) => [path, text]))).toEqual(written);
    },
  );

  test.each(['systemd', 'nomad', 'kubernetes'] as const)(
    'holds for %s what is hidden only in files that are marked',
    (to) => {
      const shown = exportTo(to).filter(({ isSecret }) => !isSecret);
      expect(shown.map(({ text }) => text).join('')).not.toMatch(/a'b|a\\'b/);
      const secret = exportTo(to).filter(({ isSecret }) => isSecret);
      expect(secret).toHaveLength(1);
      expect(secret[0]?.text).toContain('dbPassword');
    },
  );
});

describe('units of systemd', () => {
  test('start type after type, the master first', () => {
    const files = exportTo('systemd');
    const after = (path: string): string =>
      /^After=(.*)$/m.exec(textOf(files, path))?.[1]?.replace('network-online.target', '').trim() ??
      '';
    expect(after('chat-master-server-1.service')).toBe('');
    expect(after('chat-chat-1.service')).toBe('chat-master-server-1.service');
    expect(after('chat-chat_2.service')).toBe('chat-master-server-1.service');
    expect(after('chat-gate-1.service')).toBe('chat-chat-1.service chat-chat_2.service');
  });

  test('stand in a folder for each host where there are several', () => {
    const plan = changeServers((entry) =>
      entry.id === 'gate-1' ? { ...entry, host: 'fe80::1' } : entry,
    );
    expect(exportTo('systemd', { plan }).map(({ path }) => path)).toEqual([
      'this-host/chat.target',
      'this-host/chat-master-server-1.service',
      'this-host/chat-chat-1.service',
      'this-host/chat-chat_2.service',
      'this-host/chat_2.env',
      'fe80_1/chat.target',
      'fe80_1/chat-gate-1.service',
    ]);
  });
});

describe('a job of Nomad', () => {
  test('binds a process to the host of its entry, by address or by name', () => {
    const plan = changeServers((entry) => ({
      ...entry,
      host: entry.serverType === 'gate' ? '10.0.0.7' : 'node-b',
    }));
    const text = textOf(exportTo('nomad', { plan }), 'chat.nomad.hcl');
    expect(text).toMatch(/ip-address}"\n\s+value = "10\.0\.0\.7"/);
    expect(text).toMatch(/hostname}"\n\s+value = "node-b"/);
  });

  test('runs an image when one is given', () => {
    const text = textOf(exportTo('nomad', { image: 'registry/chat:2' }), 'chat.nomad.hcl');
    expect(text).toContain('driver = "docker"');
    expect(text).toContain('image = "registry/chat:2"');
    expect(text).toContain('command = "node"');
    expect(text).not.toContain('raw_exec');
  });
});

describe('manifests of Kubernetes', () => {
  test('name each process so that no two are the same, within what a name may be', () => {
    const ids = ['a.b', 'a-b', 'A-b', '7', '-7', 'x'.repeat(99), `${'x'.repeat(98)}y`];
    const plan = {
      ...PLAN,
      servers: ids.map((id) => ({ id, serverType: 'chat', host: '127.0.0.1' })),
    };
    const text = exportTo('kubernetes', { plan, name: '7-up' })[0]?.text ?? '';
    const names = [...text.matchAll(/kind: "Service"\nmetadata:\n {2}name: "(.*)"/g)].map(
      ([, name]) => name ?? '',
    );
    expect(new Set(names).size).toBe(ids.length + 1);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9-]{0,61}[a-z0-9]$/);
  });
});
