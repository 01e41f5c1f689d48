import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startCommand } from '../../lib/process/handles/command-handle.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { isAlive, TEST_MARKER } from '../support/marked-processes.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';

// Keeps what it starts from outliving the test, as that file's other imports do.
import '../support/start-child.ts';

afterEach(async () => {
  await assertNoLeaks();
});

async function start(command: readonly string[], directory?: string) {
  const place = await makeTempDirectory();
  const [stdoutFile, stderrFile] = [join(place, 'out'), join(place, 'err')];
  const handle = startCommand({
    command,
    directory: directory ?? place,
    environment: { PATH: process.env['PATH'], ...TEST_MARKER },
    marker: { name: 'VIGIL_TEST_COMMAND', value: randomUUID() },
    stdoutFile,
    stderrFile,
  });
  const output = (): string => readFileSync(stdoutFile, 'utf8');
  return { handle, place, output, errors: () => readFileSync(stderrFile, 'utf8') };
}

/** The first line of a process that writes into a file. */
function waitForLine(output: () => string): Promise<string> {
  return waitUntil(
    () => (output().includes('\n') ? output().split('\n')[0] : undefined),
    () => 'nothing was written',
  );
}

describe('the handle of a command', () => {
  it('writes what the process says into its files, and tells how it ended', async () => {
    const { handle, output, errors, place } = await start([
      '/bin/sh',
      '-c',
      'echo "$1 in $(pwd)"; echo bad >&2; exit 7',
      'sh',
      '; echo "$HOME"',
    ]);
    expect(await handle.exit).toEqual({ code: 7, signal: null, spawnError: null });
    expect([output(), errors()]).toEqual([`; echo "$HOME" in ${place}\n`, 'bad\n']);
    expect(handle).toMatchObject({ fate: 'survivesSupervisor', channel: null, stdout: null });
    expect(handle.identity).toEqual({
      pid: expect.any(Number),
      startTime: expect.any(String),
      host: null,
    });
  });

  it('signals all that the process has started, also once the process itself is gone', async () => {
    const { handle, output } = await start(['/bin/sh', '-c', 'sleep 60 & echo $!; exit 0']);
    expect(await handle.exit).toMatchObject({ code: 0 });
    const left = Number(await waitForLine(output));
    expect(isAlive(left)).toBe(true);
    expect(await handle.signalTree('SIGTERM')).toBe(1);
    await waitUntil(
      () => (isAlive(left) ? undefined : true),
      () => 'it lives on',
    );
    expect(await handle.signalTree('SIGTERM')).toBe(0);
  });

  it('leads a process group of its own', async () => {
    const { handle, output } = await start(['/bin/sh', '-c', 'echo there; exec sleep 60']);
    await waitForLine(output);
    const pid = handle.identity.pid ?? 0;
    // Behind the name in parentheses: state, parent, group.
    const [, , group] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    expect(Number(group)).toBe(pid);
    expect(await handle.signalTree('SIGKILL')).toBe(1);
    expect(await handle.exit).toEqual({ code: null, signal: 'SIGKILL', spawnError: null });
  });

  it('tells why the process could not be started: no program, no directory, a NUL in a word', async () => {
    const missing = await start(['/no/such/program']);
    const fact = await missing.handle.exit;
    expect([fact.code, fact.signal, fact.spawnError?.message]).toEqual([
      null,
      null,
      expect.stringContaining('ENOENT'),
    ]);
    expect(await missing.handle.signalTree('SIGKILL')).toBe(0);
    const nowhere = await start(['/bin/true'], '/no/such/directory');
    expect((await nowhere.handle.exit).spawnError?.message).toContain('ENOENT');
    const torn = await start(['/bin/echo', 'a\0b']);
    expect((await torn.handle.exit).spawnError).not.toBeNull();
  });
});
