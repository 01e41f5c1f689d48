import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { itWhere } from '../support/it-where.ts';
import { request } from '../support/request.ts';
import { runVigil } from '../support/spawn-vigil.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { BOOTS_SYSTEMD, SystemdMachine } from './systemd-machine.ts';

const CLI = resolve(__dirname, '../../dist/cli/main.js');
const UNIT = 'tea.service';
const PROJECT = {
  'server.js':
    "require('node:http').createServer((q, r) => setTimeout(() => r.end('tea'), q.url === '/slow' ? 3000 : 0)).listen({ port: process.env.PORT, host: '127.0.0.1' });\n",
  'session.config.json': '{"name": "tea", "ports": {"server": 0}}',
};

let machine: SystemdMachine | null = null;

afterEach(async () => {
  await machine?.stop();
  machine = null;
  await assertNoLeaks();
});

/** The unit that `vigil init` writes, without what a whole machine would start before it. */
async function writeUnit(cwd: string): Promise<string> {
  const { stdout } = await runVigil(['init', 'server.js', '--systemd'], { cwd });
  return stdout
    .replace(/^Wants=.*\nAfter=.*$/m, 'DefaultDependencies=no')
    .replace(/^WatchdogSec=.*$/m, 'WatchdogSec=3');
}

describe('the service of vigil init --systemd under a real systemd', () => {
  itWhere(BOOTS_SYSTEMD, 'no systemd that can be booted here')(
    'is started when its server is ready, reloads, lives through a take-over, and is restarted when its monitor hangs',
    async () => {
      const cwd = await makeTempDirectory(PROJECT);
      machine = await SystemdMachine.boot({ [UNIT]: await writeUnit(cwd) });
      machine.systemctl(['start', UNIT]);
      expect(machine.show(UNIT, 'ActiveState')).toBe('active');
      await machine.waitFor(UNIT, 'StatusText', /^running: server #1, pid \d+, port \d+$/);
      machine.systemctl(['reload', UNIT]);
      await machine.waitFor(UNIT, 'StatusText', /^running: server #2/);

      const first = machine.show(UNIT, 'MainPID');
      const command = `${process.execPath} ${CLI} run server.js --no-repl --take-over`;
      machine.write(
        UNIT,
        (await writeUnit(cwd)).replace(/^ExecReload=.*$/m, `ExecReload=/bin/sh -c '${command} &'`),
      );
      machine.systemctl(['reload', UNIT]);
      const second = await machine.waitFor(UNIT, 'MainPID', new RegExp(`^(?!${first}$)[1-9]`));
      await machine.waitFor(UNIT, 'StatusText', /^running: server #1/);
      expect(machine.show(UNIT, 'NRestarts')).toBe('0');

      machine.systemctl(['kill', '--signal=STOP', '--kill-who=main', UNIT]);
      await machine.waitFor(UNIT, 'NRestarts', /^1$/);
      await machine.waitFor(UNIT, 'SubState', /^running$/);
      expect(machine.show(UNIT, 'MainPID')).not.toBe(second);
      machine.systemctl(['stop', UNIT]);
      expect(machine.show(UNIT, 'Result')).toBe('success');
    },
    120_000,
  );

  itWhere(BOOTS_SYSTEMD, 'no systemd that can be booted here')(
    'fails a reload that is rolled back, and is given the time that its drain takes',
    async () => {
      const cwd = await makeTempDirectory(PROJECT);
      const unit = (await writeUnit(cwd)).replace(/^TimeoutStopSec=.*$/m, 'TimeoutStopSec=1');
      machine = await SystemdMachine.boot({ [UNIT]: unit });
      machine.systemctl(['start', UNIT]);
      writeFileSync(join(cwd, 'server.js'), 'throw new Error("broken");');
      machine.systemctl(['reload', UNIT], 1);
      expect(machine.show(UNIT, 'ActiveState')).toBe('active');
      const status = await machine.waitFor(UNIT, 'StatusText', /^running: .*port \d+$/);
      const [port] = /\d+$/.exec(status) ?? [];
      const slow = request(`http://127.0.0.1:${String(port)}/slow`);
      await request(`http://127.0.0.1:${String(port)}/`);
      machine.systemctl(['stop', UNIT]);
      expect((await slow).body).toBe('tea');
      expect(machine.show(UNIT, 'Result')).toBe('success');
    },
    120_000,
  );
});
