import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type StartedChild, startChild } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';

const SYSTEMD = '/lib/systemd/systemd';
const NAMESPACES = ['--pid', '--mount', '--uts', '--ipc', '--cgroup'];
/** The hierarchy in which systemd keeps its processes. */
const NAMED = '/sys/fs/cgroup/systemd';
const GROUPS = existsSync(NAMED) ? NAMED : '/sys/fs/cgroup';

/** Whether this machine lets a second systemd be booted on it. */
export const BOOTS_SYSTEMD =
  existsSync(SYSTEMD) &&
  existsSync(join(GROUPS, 'cgroup.procs')) &&
  process.getuid?.() === 0 &&
  spawnSync('unshare', [...NAMESPACES, '--fork', 'true']).status === 0;

// Joins the group first, so that its namespace has that as its root and nothing of the machine's own is seen.
const JOIN = `echo $$ > "$GROUP/cgroup.procs"; exec unshare ${NAMESPACES.join(' ')} --fork --kill-child --mount-proc sh -ec "$BOOT"`;
const BOOT = `
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system
cp "$UNITS"/* /run/systemd/system/
if [ -d ${NAMED} ]; then
  mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
  mkdir ${NAMED}
  mount -t cgroup -o none,name=systemd,xattr cgroup ${NAMED}
else
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
fi
exec env -i container=test PATH="$PATH" ${SYSTEMD} --system --unit=booted.target --log-target=console --show-status=no
`;

/** A real systemd as the first process of its own namespaces, with nothing but the units it is given. */
export class SystemdMachine {
  readonly #outer: StartedChild;
  readonly #group: string;
  #pid = 0;

  private constructor(outer: StartedChild, group: string) {
    this.#outer = outer;
    this.#group = group;
  }

  static async boot(units: Readonly<Record<string, string>>): Promise<SystemdMachine> {
    const target = '[Unit]\nDefaultDependencies=no\n';
    const directory = await makeTempDirectory({ ...units, 'booted.target': target });
    const group = join(GROUPS, `vigil-test-${String(process.pid)}`);
    mkdirSync(group, { recursive: true });
    const env = { GROUP: group, BOOT, UNITS: directory };
    const outer = startChild('sh', ['-c', JOIN], { env });
    const machine = new SystemdMachine(outer, group);
    await waitUntil(
      () => (machine.#isUp() ? true : undefined),
      () => `systemd does not come up: ${outer.output.text}`,
    );
    return machine;
  }

  /** Runs systemctl inside; fails unless it ends with this code. */
  systemctl(words: readonly string[], code = 0): string {
    const { status, stdout, stderr } = this.#enter(['systemctl', '--no-pager', ...words]);
    if (status !== code)
      throw new Error(`systemctl ${words.join(' ')}: ${String(status)}: ${stderr}${stdout}`);
    return stdout.trim();
  }

  show(unit: string, property: string): string {
    return this.systemctl(['show', unit, '--value', '-p', property]);
  }

  /** Waits until a property of a unit is like this. */
  waitFor(unit: string, property: string, pattern: RegExp): Promise<string> {
    let last = '';
    const read = (): string | undefined => {
      last = this.show(unit, property);
      return pattern.test(last) ? last : undefined;
    };
    return waitUntil(
      () => Promise.resolve(read()),
      () => `${property} of ${unit} is ${last}`,
      20_000,
    );
  }

  /** Puts a file into the folder of units. */
  write(path: string, text: string): void {
    writeFileSync(join('/proc', String(this.#pid), 'root/run/systemd/system', path), text);
    this.systemctl(['daemon-reload']);
  }

  async stop(): Promise<void> {
    // What a test has started may be gone by then.
    this.#outer.process.kill('SIGKILL');
    await this.#outer.waitForExit();
    await waitUntil(
      async () => ((await removeGroup(this.#group)) ? true : undefined),
      () => `${this.#group} cannot be removed`,
    );
  }

  #isUp(): boolean {
    const { pid } = this.#outer;
    const children = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8');
    this.#pid = Number(children.trim());
    return this.#pid > 0 && this.#enter(['systemctl', 'is-active', 'booted.target']).status === 0;
  }

  #enter(command: readonly string[]): { status: number | null; stdout: string; stderr: string } {
    const into = ['-t', String(this.#pid), ...NAMESPACES];
    return spawnSync('nsenter', [...into, ...command], { encoding: 'utf8', timeout: 60_000 });
  }
}

async function removeGroup(group: string): Promise<boolean> {
  try {
    for (const entry of await readdir(group, { withFileTypes: true }))
      if (entry.isDirectory()) await removeGroup(join(group, entry.name));
    rmdirSync(group);
    return true;
  } catch {
    return false;
  }
}
