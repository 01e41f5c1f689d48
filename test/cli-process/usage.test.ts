import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { runVigil } from '../support/spawn-vigil.ts';

const VERBS =
  'init check doctor status restart reload stop kill set logs events crashes explain simulate console dashboard test-alert spawner stream jobs fleet completion'.split(
    ' ',
  );

describe('the command line', () => {
  it.each([
    [['statsu'], 'vigil has no command "statsu": did you mean "status"?'],
    [['frobnicate'], 'vigil has no command "frobnicate": see vigil --help'],
    [['stream', 'emt'], 'vigil stream has no command "emt": did you mean "emit"?'],
    [['stream', '--json'], 'flags come after the command: vigil stream <command> --json'],
    [
      ['stream', 'emit', '127.0.0.1:9', 'T', '--cuont=3'],
      'vigil stream emit has no flag --cuont: did you mean --count?',
    ],
    [['--json', 'status'], 'flags come after the command: vigil <command> --json'],
    [['status', '--jsn'], 'vigil status has no flag --jsn: did you mean --json?'],
    [['status', 'shop'], 'unexpected "shop": vigil status'],
    [['status', '--name'], '--name needs a value'],
    [['set', 'polling.route'], 'vigil set needs more: vigil set <key.path> <value>'],
    [['events', '-n', 'ten'], '-n expects a whole number up to 1000000, found "ten"'],
    [['logs', '-n', '-1'], '-n expects a whole number up to 1000000, found "-1"'],
    [['crashes', 'shwo'], 'vigil crashes has no action "shwo": did you mean "show"?'],
    [['crashes', 'show'], 'vigil crashes show needs the id of a report: see vigil crashes'],
    [['crashes', 'clear', 'x'], 'vigil crashes clear takes no id'],
    [['simulate'], 'vigil simulate needs more: vigil simulate <script>'],
    [['simulate', 'crash,hnag'], 'a script has no word "hnag": did you mean "hang"?'],
    [['run'], 'vigil run needs the file to run: vigil run server.js'],
    [['run', 'x.js', '--prot', '1'], 'vigil run has no flag --prot: did you mean --port?'],
    [['doctor', '--', 'x'], 'arguments for a server need its file: vigil doctor server.js -- …'],
  ])('answers %j with 64 and what was meant', async (args, message) => {
    const { code, stdout, stderr } = await runVigil(args);
    expect({ code, stdout, stderr }).toEqual({
      code: 64,
      stdout: '',
      stderr: `vigil: ${message}\n`,
    });
    await assertNoLeaks();
  });

  it('without a command tells what there is, and fails with 64', async () => {
    const { code, stdout, stderr } = await runVigil([]);
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toMatch(/^vigil <command> \[flags\] keeps a Node server up/);
    await assertNoLeaks();
  });

  it('shows every command on one screen with --help', async () => {
    const { code, stdout } = await runVigil(['--help']);
    const lines = stdout.trimEnd().split('\n');
    expect(code).toBe(0);
    expect(lines.length).toBeLessThanOrEqual(24);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    const named = lines.map((line) => /^ {2}(\S+)/.exec(line)?.[1]).filter(Boolean);
    expect(named).toEqual(['run', ...VERBS]);
    await assertNoLeaks();
  });

  it.each(['run', ...VERBS])('explains vigil %s with --help within 80 columns', async (verb) => {
    const { code, stdout, stderr } = await runVigil([verb, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^vigil ${verb}`));
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    await assertNoLeaks();
  });

  it('tells its version, with a command and without', async () => {
    const version = /^\d+\.\d+\.\d+\S*\n$/;
    for (const args of [['--version'], ['run', '--version'], ['status', '--version']]) {
      const run = await runVigil(args);
      expect(run.code).toBe(0);
      expect(run.stdout).toMatch(version);
    }
    await assertNoLeaks();
  });

  it.each([
    [['bash', 'vigil re', ' =:'], 'restart\nreload\n'],
    [['zsh', 'restart', '--fo'], '--force:kill the old process at once, without a drain\n'],
    [['fish', 'nosuch', ''], ''],
  ])('answers a completion script of %j', async (words, stdout) => {
    expect(await runVigil(['__complete', ...words])).toMatchObject({ code: 0, stdout, stderr: '' });
    await assertNoLeaks();
  });

  it.each([
    [['completion', 'bash'], {}, 0, /^complete -F \S+ vigil$/m],
    [['completion'], { SHELL: '/usr/bin/fish' }, 0, /^complete -c vigil/m],
    [['completion', 'fsh'], {}, 64, /^$/],
    [['completion'], { SHELL: '/bin/csh' }, 64, /^$/],
  ])('answers %j with the script of the shell (%j)', async (args, env, code, script) => {
    const run = await runVigil(args, { env });
    expect(run.code).toBe(code);
    expect(run.stdout).toMatch(script);
    expect(run.stderr === '').toBe(code === 0);
    await assertNoLeaks();
  });
});
