import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runServer } from '../session-process/run-server.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { itWhere } from '../support/it-where.ts';
import { runVigil } from '../support/spawn-vigil.ts';
import { startChild } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const answers = (program: string): boolean => spawnSync(program, ['--version']).status === 0;
const itVerified = itWhere(answers('systemd-analyze'), 'no systemd-analyze');
const itNotified = itWhere(
  answers('systemd-notify') && answers('python3'),
  'no systemd-notify, or no python3',
);

afterEach(async () => {
  await assertNoLeaks();
});

describe('the units of vigil init --systemd', () => {
  itVerified.each([
    ['a plain project', 'shop', {}],
    ['a folder that needs quotes', 'my 50% $shop', {}],
    ['ports of its own and a long drain', 'ports', { ports: { server: 80, admin: 9000 } }],
    ['a state directory in /etc', 'state', { stateDirectory: '/etc/vigil shop' }],
  ])('are in order for %s', async (_what, folder, config) => {
    const cwd = join(await makeTempDirectory(), folder);
    mkdirSync(cwd);
    writeFileSync(join(cwd, 'server.js'), '');
    writeFileSync(join(cwd, 'session.config.json'), JSON.stringify(config));
    const files = await Promise.all(
      [['--systemd'], ['--systemd', '--socket']].map(async (flags, at) => {
        const { code, stdout } = await runVigil(['init', 'server.js', ...flags], { cwd });
        expect(code).toBe(0);
        const file = join(cwd, ['tea.service', 'tea.socket'][at] ?? '');
        writeFileSync(file, stdout);
        return file;
      }),
    );
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', ...files], {
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});

describe('a monitor with a NOTIFY_SOCKET', () => {
  itNotified.each([['a path'], ['an abstract name']])(
    'is heard through the real systemd-notify at %s',
    async (kind) => {
      const directory = await makeTempDirectory();
      const path = join(directory, 'notify');
      const address = kind === 'a path' ? path : `@${path}`;
      const receiver = startChild('python3', [join(__dirname, 'notify-receiver.py'), address]);
      await receiver.waitForLine(/^listening$/);
      const session = await runServer('tells-manager.cjs', {
        env: { NOTIFY_SOCKET: address, WATCHDOG_USEC: '1000000' },
      });
      const { pid } = await session.ready();
      await receiver.waitForLine(
        new RegExp(`"STATUS=running: server #1, pid ${String(pid)}, port`),
      );
      await receiver.waitForLine(/"WATCHDOG=1"/);
      session.vigil.child.kill('SIGHUP');
      await receiver.waitForLine(/^\["RELOADING=1", "MONOTONIC_USEC=\d+"/);
      await receiver.waitForLine(/"STATUS=running: server #2/);
      expect((await session.stop()).code).toBe(0);
      await receiver.waitForLine(/"STOPPING=1", "EXTEND_TIMEOUT_USEC=30000000"/);
      receiver.kill();
      await receiver.waitForExit();
      const words = receiver.output.all.map(({ text }) => text).join('\n');
      expect(words.match(/"READY=1"/g)).toHaveLength(2);
    },
  );
});
