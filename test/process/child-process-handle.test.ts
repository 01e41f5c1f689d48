import { fork, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { createChildProcessHandle } from '../../lib/process/handles/child-process-handle.ts';
import { systemClock } from '../../lib/util/clock.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { TEST_MARKER } from '../support/marked-processes.ts';

// Keeps what it starts from outliving the test, as that file's other imports do.
import '../support/start-child.ts';

const LAST_WORDS = join(__dirname, '../fixtures/process/last-words.cjs');

function start(...args: string[]) {
  const name = randomUUID();
  const env = { ...process.env, ...TEST_MARKER, VIGIL_SERVER: name };
  const child = fork(LAST_WORDS, args, { silent: true, env });
  return createChildProcessHandle(child, { clock: systemClock, marker: `VIGIL_SERVER=${name}` });
}

function countBytes(stream: Readable | null): () => number {
  let bytes = 0;
  stream?.on('data', (chunk: Buffer) => (bytes += chunk.length));
  return () => bytes;
}

afterEach(async () => {
  await assertNoLeaks();
});

describe('the handle of a child process', () => {
  it.each([
    ['0', { code: 0, signal: null, spawnError: null }],
    ['7', { code: 7, signal: null, spawnError: null }],
    ['kill', { code: null, signal: 'SIGKILL', spawnError: null }],
  ])('settles its exit (%s) after the last output and message', async (way, fact) => {
    const handle = start(way);
    const messages: unknown[] = [];
    handle.channel?.onMessage((message) => messages.push(message));
    const [out, err] = [countBytes(handle.stdout), countBytes(handle.stderr)];
    expect(handle.identity).toMatchObject({ pid: expect.any(Number), host: null });
    expect(await handle.exit).toEqual(fact);
    expect([out(), messages]).toEqual([100_000, ['message']]);
    expect(err()).toBe(100_000);
  });

  it('does not wait for a descendant that holds the output open, and can still end it', async () => {
    const handle = start('3', 'leaves');
    countBytes(handle.stdout);
    countBytes(handle.stderr);
    expect(await handle.exit).toMatchObject({ code: 3 });
    expect(await handle.signalTree('SIGKILL')).toBe(1);
    handle.stdout?.destroy();
    handle.stderr?.destroy();
  });

  it('tells why a process could not be started', async () => {
    const child = spawn('/no/such/program', { stdio: 'pipe' });
    const handle = createChildProcessHandle(child, { clock: systemClock, marker: 'A=1' });
    expect(handle.identity).toEqual({ pid: null, startTime: null, host: null });
    const { code, signal, spawnError } = await handle.exit;
    expect([code, signal, spawnError?.message]).toEqual([
      null,
      null,
      expect.stringContaining('ENOENT'),
    ]);
    expect(await handle.signalTree('SIGKILL')).toBe(0);
  });
});
