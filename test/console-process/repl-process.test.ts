import { on } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import type { StartedChild } from '../support/start-child.ts';
import { startChild, startNode } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';

const PROGRAM = join(__dirname, '../fixtures/console/repl-program.cjs');

// The program `script` gives its child a real terminal, whose keyboard is our pipe.
function startOnTerminal(command: string) {
  return startChild('script', ['-qfec', command, '/dev/null'], {
    env: { TERM: 'xterm', SHELL: '/bin/bash' },
  });
}

/** Waits for a text that need not be a whole line. */
async function waitForText(child: StartedChild, pattern: RegExp): Promise<void> {
  let text = '';
  for await (const [chunk] of on(child.process.stdout as Readable, 'data')) {
    text += String(chunk);
    if (pattern.test(text)) return;
  }
}

function stateOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
}

describe('a process with a REPL', () => {
  afterEach(async () => {
    await assertNoLeaks();
  });

  it('is not kept alive by an open pipe', async () => {
    const child = startNode([PROGRAM]);
    await child.waitForLine(/^started/);
    expect((await child.waitForExit()).code).toBe(0);
  });

  it('runs piped lines and stays when they end', async () => {
    const child = startNode([PROGRAM, 'stay']);
    child.process.stdin?.end('say one\nnothing\nsay two\n');
    await child.waitForLine(/^ended, 1 failed/);
    expect(child.output.text).toMatch(/one\nERR_COMMAND_UNKNOWN.*\ntwo\n/);
    expect(child.process.exitCode).toBeNull();
    child.kill();
    await child.waitForExit();
  });

  it('takes an endless line without growing', async () => {
    const child = startNode(['--max-old-space-size=40', PROGRAM, 'stay']);
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    for (let i = 0; i < 200; i++) {
      const stdin = child.process.stdin;
      if (stdin?.write(chunk) === false)
        await new Promise((resolve) => stdin.once('drain', resolve));
    }
    child.process.stdin?.write('\nsay alive\n');
    await child.waitForLine(/^alive/);
    child.kill();
    await child.waitForExit();
  });

  it('shows a prompt, completes and hands over Ctrl-C on a real terminal', async () => {
    const child = startOnTerminal(`${process.execPath} ${PROGRAM} stay`);
    await child.waitForLine(/started/);
    child.process.stdin?.write('sa\t');
    // The completed word, written by the line editor, and not the two letters the terminal echoes.
    await waitForText(child, /say/);
    child.process.stdin?.write(' hello\r');
    await child.waitForLine(/^hello\r?$/);
    expect(child.output.text).toContain('vigil> ');
    child.process.stdin?.write('\x03');
    await child.waitForLine(/interrupted/);
    expect((await child.waitForExit()).code).toBe(8);
  });

  it('outlives its terminal', async () => {
    const note = join(await makeTempDirectory(), 'ended');
    const child = startOnTerminal(`exec ${process.execPath} ${PROGRAM} stay ${note}`);
    const pid = Number((await child.waitForLine(/started (\d+)/))[1]);
    child.kill();
    await child.waitForExit();
    await waitUntil(
      () => (existsSync(note) ? true : undefined),
      () => `the console did not end with its terminal; alive: ${existsSync(`/proc/${pid}`)}`,
    );
    expect(['S', 'R']).toContain(stateOf(pid));
    process.kill(pid, 'SIGKILL');
  });

  it('in the background of a terminal is not stopped for reading', async () => {
    const shell = startOnTerminal(
      `bash -m -c '${process.execPath} ${PROGRAM} brief & wait $!; echo code $?'`,
    );
    const pid = Number((await shell.waitForLine(/started (\d+)/))[1]);
    expect(stateOf(pid)).not.toBe('T');
    shell.process.stdin?.write('leave\r');
    await shell.waitForLine(/code 9/);
    await shell.waitForExit();
  });
});
