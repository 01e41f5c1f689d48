import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  describeProcess,
  isRunning,
  listByVariable,
  listMarked,
  listTree,
  readStartTime,
  signalTree,
} from '../../lib/process/process-tree.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { isAlive } from '../support/marked-processes.ts';
import { startNode, type StartedChild } from '../support/start-child.ts';
import { waitUntil } from '../support/wait-until.ts';

const FAMILY = join(__dirname, '../fixtures/process/family.cjs');
const HAS_PS = spawnSync('ps', ['-A']).status === 0;
const ROLES = ['root', 'child', 'grandchild', 'orphan'] as const;

interface Family {
  readonly root: StartedChild;
  readonly marker: string;
  readonly pids: Record<(typeof ROLES)[number], number>;
}

async function startFamily(): Promise<Family> {
  const name = randomUUID();
  const root = startNode([FAMILY], { env: { VIGIL_SERVER: name } });
  const pids = {} as Family['pids'];
  for (const role of [...ROLES, 'parent-that-ends'] as const) {
    const pid = Number((await root.waitForLine(new RegExp(`^${role} (\\d+)$`)))[1]);
    if (role === 'parent-that-ends') await waitForEnd(pid);
    else pids[role] = pid;
  }
  return { root, marker: `VIGIL_SERVER=${name}`, pids };
}

async function waitForEnd(pid: number): Promise<void> {
  await waitUntil(
    () => (isAlive(pid) ? undefined : true),
    () => `${pid} is still there`,
  );
}

afterEach(async () => {
  await assertNoLeaks();
});

describe('the tree of a process', () => {
  it('is reached whole by its marker, orphans included', async () => {
    const { root, marker, pids } = await startFamily();
    expect(signalTree({ pid: root.pid, marker }, 'SIGCONT')).toBe(4);
    expect(signalTree({ pid: root.pid, marker }, 'SIGKILL')).toBe(4);
    for (const pid of Object.values(pids)) await waitForEnd(pid);
    await root.waitForExit();
    expect(signalTree({ pid: null, marker }, 'SIGCONT')).toBe(0);
  });

  it('is reached without a marker as far as parents lead', async () => {
    const { root, pids } = await startFamily();
    expect(signalTree({ pid: root.pid, marker: null }, 'SIGKILL')).toBe(3);
    await root.waitForExit(2000).catch(() => undefined);
    expect(isAlive(pids.orphan)).toBe(true);
    process.kill(pids.orphan, 'SIGKILL');
    await waitForEnd(pids.orphan);
    await root.waitForExit();
  });

  it('is found by its marker when the process itself is gone', async () => {
    const { root, marker, pids } = await startFamily();
    root.kill();
    await waitForEnd(pids.root);
    expect(signalTree({ pid: null, marker }, 'SIGKILL')).toBe(3);
    for (const pid of Object.values(pids)) await waitForEnd(pid);
    await root.waitForExit();
  });

  it('never holds the asking process, nor those of another marker', async () => {
    const { root, marker } = await startFamily();
    expect(signalTree({ pid: process.pid, marker: `${marker}x` }, 'SIGCONT')).toBe(3);
    expect(signalTree({ pid: null, marker: marker.slice(0, -1) }, 'SIGKILL')).toBe(0);
    expect(signalTree({ pid: null, marker: null }, 'SIGKILL')).toBe(0);
    signalTree({ pid: root.pid, marker }, 'SIGKILL');
    await root.waitForExit();
  });
});

describe('the identity of a process', () => {
  it('is its pid together with its start time', async () => {
    const child = startNode(['-e', 'setInterval(() => {}, 1e6)']);
    const startTime = readStartTime(child.pid);
    expect(startTime).toMatch(/^\d+$/);
    expect(isRunning(child.pid, startTime)).toBe(true);
    expect(isRunning(child.pid, null)).toBe(true);
    // A pid that was given to another process since.
    expect(isRunning(child.pid, '1')).toBe(false);
    child.kill();
    await child.waitForExit();
    expect(isRunning(child.pid, startTime)).toBe(false);
    expect(readStartTime(child.pid)).toBeNull();
  });
});

describe('the command line of a process', () => {
  it('keeps the program and the last arguments when it is long', async () => {
    const args = [`--front-${'x'.repeat(200)}`, 'the-last-argument'];
    const child = startNode(['-e', 'process.stdin.resume(); console.log("up")', '--', ...args]);
    await child.waitForLine(/^up$/);
    const { command } = describeProcess(child.pid);
    expect(command).toHaveLength(120);
    expect(command.startsWith(process.execPath.slice(0, 30))).toBe(true);
    expect(command).toMatch(/….*x the-last-argument$/);
    process.kill(child.pid, 'SIGKILL');
    await child.waitForExit();
  });
});

describe('a tree of processes where there is no /proc', () => {
  it('is found by parents alone', async () => {
    const family = await startFamily();
    const descriptor = Object.getOwnPropertyDescriptor(process, 'platform');
    Object.defineProperty(process, 'platform', { ...descriptor, value: 'darwin' });
    try {
      const { root, child, grandchild, orphan } = family.pids;
      const found = [...listTree({ pid: root, marker: family.marker }).keys()];
      const living = HAS_PS ? [root, child, grandchild] : [];
      expect(found).toEqual(expect.arrayContaining(living));
      expect(found).not.toContain(orphan);
      expect(isRunning(child, null)).toBe(true);
      expect(listByVariable('VIGIL_SERVER', () => true)).toEqual([]);
      expect(listMarked('VIGIL_SERVER')).toEqual([]);
    } finally {
      Object.defineProperty(process, 'platform', descriptor ?? { value: 'linux' });
    }
    signalTree({ pid: family.root.pid, marker: family.marker }, 'SIGKILL');
    await family.root.waitForExit();
    for (const pid of Object.values(family.pids)) await waitForEnd(pid);
    await assertNoLeaks();
  });
});
