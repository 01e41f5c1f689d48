import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { startProgram, type StartedProgram } from './start-program.ts';

async function startConsole(): Promise<StartedProgram> {
  const program = await startProgram('console.cjs', { keepInput: true });
  await program.said('running');
  return program;
}

afterEach(async () => {
  await assertNoLeaks();
});

describe('commands on standard input', () => {
  it('run one after the other, and one that fails stops none of the others', async () => {
    const program = await startConsole();
    const { child } = program;
    const port = await findFreePorts();
    const lines = [
      'status',
      'help greet',
      'greet "two words" 2',
      'greet alone',
      'greet Upper 1',
      'greeet a 1',
      'fail',
      'fail now',
      'set polling 5 true',
      'ask',
      'set polling failureTolerance 9',
      'set polling timeoutSeconds never',
      'restart clean',
      'restart force',
      `set server port ${port} true`,
      'ask',
      'reload',
      'nothing of the kind',
      '',
      'exit clean',
    ];
    for (const line of lines) child.write(line);
    expect(await program.exitCode()).toBe(0);
    const { text } = child.output;
    const inOrder = [
      /^session +launched: running$/m,
      /^greet <\[a-z \]\+> <\\d\+>$/m,
      /^hello two words hello two words $/m,
      /^ERR_COMMAND_ARGUMENT: .*Usage:/m,
      /^ERR_COMMAND_ARGUMENT: /m,
      /^ERR_COMMAND_UNKNOWN: .*Did you mean "greet"/m,
      /^E_ACTION: the action rejected$/m,
      /^ERR_COMMAND_FAILED: .*the action threw$/m,
      /^polling: intervalSeconds is now 5$/m,
      /interval: 5,/,
      /^polling: failureTolerance is now 9$/m,
      /^ERR_CONFIG_INVALID: /m,
      /^restarted: server #2$/m,
      /^restarted: server #3$/m,
      new RegExp(`^ports.server is now ${port}$`, 'm'),
      new RegExp(`serverPort: '${port}'`),
      /^reload succeeded$/m,
      /^ERR_COMMAND_UNKNOWN: unknown command "nothing"/m,
      /^ending the session$/m,
    ];
    let rest = text;
    for (const pattern of inOrder) {
      const match = pattern.exec(rest);
      expect([pattern, match === null ? text : 'found']).toEqual([pattern, 'found']);
      rest = rest.slice((match?.index ?? 0) + (match?.[0].length ?? 0));
    }
    // clean, for the port, replaced by the reload, and the end; not by force.
    expect(program.allSaid('handler')).toEqual([false, false, false, true]);
    expect(await program.events.waitFor('config.changed')).toMatchObject({
      path: 'polling.intervalSeconds',
      value: 5,
    });
  });

  it('end with the input, and the session goes on', async () => {
    const program = await startConsole();
    program.child.process.stdin?.end('greet once 1');
    await program.child.waitForLine(/^hello once $/);
    process.kill((await program.events.waitFor('worker.ready'))['pid'] as number, 'SIGKILL');
    await program.events.waitFor('worker.ready', ({ generation }) => generation === 2);
    expect(await program.stop()).toBe(0);
  });

  it('may end the session by force', async () => {
    const program = await startConsole();
    program.child.write('exit force');
    expect(await program.exitCode()).toBe(0);
    expect(program.allSaid('handler')).toEqual([]);
    expect(await program.events.waitFor('worker.exited')).toMatchObject({ signal: 'SIGKILL' });
  });

  it('may be longer than any command, which is refused and does no harm', async () => {
    const program = await startConsole();
    program.child.write('x'.repeat(1_000_000));
    await program.child.waitForLine(/^ERR_COMMAND_ARGUMENT: the line is longer than/);
    program.child.write('exit clean');
    expect(await program.exitCode()).toBe(0);
  });
});
