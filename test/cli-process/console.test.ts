import { resolve } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { runVigil } from '../support/spawn-vigil.ts';
import { startChild } from '../support/start-child.ts';
import { startSession } from './running-session.ts';

const CLI = resolve(__dirname, '../../dist/cli/main.js');

describe('vigil console', () => {
  it('runs piped lines one after the other, ends at end-of-file with 0, and the session stays', async () => {
    const session = await startSession();
    const run = await runVigil(['console'], {
      cwd: session.folder,
      input: 'nosuch\nset polling 3 true\nstatus\n',
    });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(
      /^ERR_COMMAND_UNKNOWN: [^]*intervalSeconds is now 3\n[^]*shop: running/,
    );
    expect(await session.vigil.status()).toMatchObject({ state: 'running' });
    await session.vigil.stop();
    await assertNoLeaks();
  });

  it('evaluates JavaScript in the monitor only where the configuration says so', async () => {
    const off = await startSession();
    const refused = await runVigil(['console'], { cwd: off.folder, input: '> 1 + 1\n' });
    expect(refused.stdout).toMatch(/^ERR_COMMAND_UNKNOWN: JavaScript is evaluated only with/);
    await off.vigil.stop();
    const files = { 'session.config.json': '{"console":{"eval":true}}' };
    const session = await startSession({ files, env: { DB_PASSWORD: 'hush-hush-hush' } });
    const lines = [
      'help',
      '> let n = await Promise.resolve(20)',
      '> n * 2 + monitor.status().worker.generation',
      '> process.env.DB_PASSWORD',
      "> setTimeout(() => { throw new Error('in a timer') }, 1); Promise.reject(new Error('nobody')); 0",
      '> for (;;);',
      '> throw new TypeError("no")',
      '> monitor.finalize("key")',
    ];
    const run = await runVigil(['console'], {
      cwd: session.folder,
      input: `${lines.join('\n')}\n`,
    });
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^> <javascript> +evaluates/m);
    expect(run.stdout).toMatch(/^41$/m);
    expect(run.stdout).not.toContain('hush');
    expect(run.stdout).toMatch(/^ERR_SCRIPT_EXECUTION_TIMEOUT/m);
    expect(run.stdout).toMatch(/^ERR_COMMAND_FAILED: TypeError: no$/m);
    expect(run.stdout).toMatch(/^ERR_SESSION_LAUNCHED: /m);
    await session.vigil.waitForLine(/warn: the console evaluates: n \* 2/);
    await session.vigil.waitForLine(/uncaught exception in the monitor.*in a timer/);
    expect(await session.vigil.status()).toMatchObject({
      state: 'running',
      restarts: { total: 0 },
    });
    await session.vigil.stop();
    await assertNoLeaks();
  });

  it('may end the session it is attached to', async () => {
    const session = await startSession();
    const run = await runVigil(['console'], { cwd: session.folder, input: 'exit clean\n' });
    expect(run.code).toBe(0);
    expect(await session.vigil.waitForExit()).toEqual({ code: 0, signal: null });
    await assertNoLeaks();
  });

  it('shows a prompt on a terminal, and Ctrl-C leaves it with 0', async () => {
    const session = await startSession();
    const command = `"${process.execPath}" "${CLI}" console`;
    const terminal = startChild('script', ['-qec', command, '/dev/null'], { cwd: session.folder });
    terminal.write('status');
    await terminal.waitForLine(/shop: running/);
    terminal.process.stdin?.write('\u0003');
    expect(await terminal.waitForExit()).toEqual({ code: 0, signal: null });
    expect(terminal.output.text).toMatch(/shop> /);
    await session.vigil.stop();
    await assertNoLeaks();
  });
});
