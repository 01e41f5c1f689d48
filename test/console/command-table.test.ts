import { CommandTable, MAX_LINE_BYTES } from '../../lib/console/command-table.ts';
import type { CommandOutcome } from '../../lib/console/command-outcome.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';

let clock: ManualClock;
let table: CommandTable;

beforeEach(() => {
  clock = new ManualClock();
  table = new CommandTable({ clock });
});

function errorOf(outcome: CommandOutcome) {
  if (outcome.ok) throw new Error(`expected an error, got ${outcome.output}`);
  return outcome.error;
}

async function outputOf(line: string): Promise<string> {
  const outcome = await table.run(line);
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.output;
}

describe('CommandTable.run', () => {
  beforeEach(() => {
    for (const way of ['clean', 'force']) {
      table.add({
        name: 'exit',
        argPatterns: [new RegExp(way)],
        usage: `exit ${way}`,
        help: `ends ${way}`,
        action: () => `exit:${way}`,
      });
    }
    table.addReplCommand('set', ['[a-z]+', 'port', /\d+/, /true|false/], (args) => args.join(','));
  });

  it('chooses among commands of one name by their arguments', async () => {
    expect(await outputOf('exit clean')).toBe('exit:clean');
    expect(await outputOf('exit force')).toBe('exit:force');
  });

  it('hands the action its arguments, quotes taken off', async () => {
    expect(await outputOf(`set "shop" port '80' true`)).toBe('shop,port,80,true');
  });

  it.each(['set shop port 80 maybe', 'set shop port 80x true', 'set Shop port 80 true'])(
    'refuses %j, as one argument does not fit as a whole',
    async (line) => {
      const error = errorOf(await table.run(line));
      expect(error.code).toBe('ERR_COMMAND_ARGUMENT');
      expect(error.message).toContain('set <[a-z]+> port');
    },
  );

  it('refuses too few and too many arguments and shows every usage', async () => {
    for (const line of ['exit', 'exit clean force']) {
      const error = errorOf(await table.run(line));
      expect(error.code).toBe('ERR_COMMAND_ARGUMENT');
      expect(error.message).toContain('exit clean');
      expect(error.message).toContain('exit force');
    }
  });

  it('takes the alternatives of a pattern as a whole, whatever its flags', async () => {
    table.addReplCommand('go', [/a|b/gim], ([word]) => word);
    expect(await outputOf('go B')).toBe('B');
    expect(await outputOf('go B')).toBe('B');
    for (const word of ['ac', 'cb', '"a\nb"']) {
      expect(errorOf(await table.run(`go ${word}`)).code).toBe('ERR_COMMAND_ARGUMENT');
    }
  });

  it.each([
    ['exot clean', 'Did you mean "exit"?'],
    ['EXIT clean', 'Did you mean "exit"?'],
    ['hel', 'Did you mean "help"?'],
    ['teapot', 'Commands: help, exit, set'],
  ])('answers the unknown %j with %j', async (line, text) => {
    const error = errorOf(await table.run(line));
    expect(error.code).toBe('ERR_COMMAND_UNKNOWN');
    expect(error.message).toContain(text);
  });

  it('does nothing for an empty line', async () => {
    expect(await outputOf('   ')).toBe('');
  });

  it('refuses a line of 1 MB without looking at it', async () => {
    for (const line of ['x'.repeat(1e6), `exit ${'a '.repeat(5e5)}`, '"'.repeat(1e6)]) {
      const error = errorOf(await table.run(line));
      expect(error.code).toBe('ERR_COMMAND_ARGUMENT');
      expect(error.message.length).toBeLessThan(200);
    }
  });

  it('looks at a line that is just short enough', async () => {
    table.addReplCommand('many', [], () => 'ran');
    expect(await outputOf(`many${' '.repeat(MAX_LINE_BYTES - 4)}`)).toBe('ran');
    expect(errorOf(await table.run(`many${' '.repeat(MAX_LINE_BYTES - 3)}`)).code).toBe(
      'ERR_COMMAND_ARGUMENT',
    );
  });

  it('refuses an argument of more than 4,096 characters', async () => {
    table.addReplCommand('say', [/.*/], ([text]) => String(text?.length));
    expect(await outputOf(`say ${'x'.repeat(4096)}`)).toBe('4096');
    expect(errorOf(await table.run(`say ${'x'.repeat(4097)}`)).code).toBe('ERR_COMMAND_ARGUMENT');
  });

  it('gives up a pattern that would take for ever, and says so', async () => {
    table.addReplCommand('trap', [/(a+)+/], () => 'ran');
    const error = errorOf(await table.run(`trap ${'a'.repeat(64)}!`));
    expect(error.code).toBe('ERR_COMMAND_ARGUMENT');
    expect(error.message).toContain('/(a+)+/ did not decide');
    expect(await outputOf('trap aaa')).toBe('ran');
  });
});

describe('an action', () => {
  it.each<[string, () => unknown, string, string]>([
    [
      'throws an Error',
      () => {
        throw new Error('no milk');
      },
      'ERR_COMMAND_FAILED',
      'no milk',
    ],
    ['rejects', () => Promise.reject(new Error('no milk')), 'ERR_COMMAND_FAILED', 'no milk'],
    [
      'rejects with a code',
      () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOENT' })),
      'ENOENT',
      'no',
    ],
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- users do
    ['rejects with a text', () => Promise.reject('milk'), 'ERR_COMMAND_FAILED', 'milk'],
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- users do
    ['rejects with nothing', () => Promise.reject(), 'ERR_COMMAND_FAILED', 'undefined'],
    [
      'throws what throws when read',
      () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- users do
        throw new Proxy(
          {},
          {
            get: () => {
              throw new Error('trap');
            },
          },
        );
      },
      'ERR_COMMAND_FAILED',
      'cannot be shown',
    ],
    [
      'returns what throws when shown',
      () => ({
        [Symbol.for('nodejs.util.inspect.custom')]: () => {
          throw new Error('shy');
        },
      }),
      'ERR_COMMAND_FAILED',
      'shy',
    ],
  ])('that %s becomes an error outcome', async (_title, action, code, text) => {
    table.addReplCommand('act', [], action);
    const error = errorOf(await table.run('act'));
    expect(error.code).toBe(code);
    expect(error.message).toContain(text);
    expect(await outputOf('help act')).toBe('act');
  });

  it.each<[unknown, string]>([
    [undefined, ''],
    ['text', 'text'],
    [{ a: 1 }, '{ a: 1 }'],
    [7n, '7n'],
    [null, 'null'],
  ])('that returns %p prints %j', async (value, output) => {
    table.addReplCommand('act', [], async () => value);
    expect(await outputOf('act')).toBe(output);
  });

  it('that returns 5 MB of text has it cut', async () => {
    table.addReplCommand('act', [], () => 'x'.repeat(5e6));
    expect((await outputOf('act')).length).toBeLessThan(1.1e6);
  });

  it('that never settles is answered after its deadline while others go on', async () => {
    table.addReplCommand('stuck', [], () => new Promise(() => undefined));
    table.addReplCommand('quick', [], () => 'done');
    const stuck = table.run('stuck');
    expect(await outputOf('quick')).toBe('done');
    clock.advance(299_999);
    expect(clock.waiting).toBe(1);
    clock.advance(1);
    expect(errorOf(await stuck).code).toBe('ERR_COMMAND_TIMEOUT');
    expect(clock.waiting).toBe(0);
  });

  it('that rejects after its deadline disturbs nobody', async () => {
    let fail: (reason: Error) => void = () => undefined;
    table.addReplCommand(
      'late',
      [],
      () =>
        new Promise((_resolve, reject) => {
          fail = reject;
        }),
    );
    const late = table.run('late');
    clock.advance(300_000);
    await late;
    fail(new Error('too late'));
    expect(await outputOf('')).toBe('');
  });
});

describe('CommandTable.addReplCommand', () => {
  it.each<[string, unknown, unknown, unknown]>([
    ['an empty name', '', [], () => 1],
    ['a name of two words', 'a b', [], () => 1],
    ['a name that is no text', 7, [], () => 1],
    ['patterns that are no array', 'act', /x/, () => 1],
    ['a pattern that is no pattern', 'act', [7], () => 1],
    ['a text that is no pattern', 'act', ['('], () => 1],
    ['no action', 'act', [], undefined],
    ['a command that is there', 'help', [], () => 1],
  ])('refuses %s with ERR_ARGUMENT', (_title, name, patterns, action) => {
    expect(() =>
      table.addReplCommand(name as string, patterns as string[], action as () => unknown),
    ).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT' }));
  });

  it('knows no command by the names every object has', async () => {
    expect(errorOf(await table.run('__proto__')).code).toBe('ERR_COMMAND_UNKNOWN');
    expect(errorOf(await table.run('constructor')).code).toBe('ERR_COMMAND_UNKNOWN');
  });
});

describe('help', () => {
  it('lists every usage with its help', async () => {
    table.add({ name: 'stop', argPatterns: [], usage: 'stop', help: 'ends it', action: () => '' });
    expect((await outputOf('help')).split('\n')).toEqual([
      'help                    lists the commands',
      'help <command>          shows how one command is written',
      'stop                    ends it',
    ]);
    expect(await outputOf('help stop')).toBe('stop                    ends it');
  });
});

describe('CommandTable.complete', () => {
  beforeEach(() => {
    table.addReplCommand('restart', ['clean|force'], () => '');
    table.addReplCommand('reload', [], () => '');
    table.addReplCommand('set', [/polling/, /\w+/, /\S+/], () => '');
    table.addReplCommand('set', [/\w+/, /port/, /\d+/, /true|false/], () => '');
    table.add({
      name: 'show',
      argPatterns: [/.+/],
      usage: 'show <report>',
      help: '',
      action: () => '',
      complete: () => ['first one', 'second'],
    });
    table.add({
      name: 'broken',
      argPatterns: [/.+/],
      usage: 'broken',
      help: '',
      action: () => '',
      complete: () => {
        throw new Error('no');
      },
    });
  });

  it.each<[string, string[], string]>([
    ['re', ['restart', 'reload'], 're'],
    ['help re', ['restart', 'reload'], 're'],
    ['restart ', ['clean', 'force'], ''],
    ['restart f', ['force'], 'f'],
    ['restart force ', [], ''],
    ['set po', ['polling'], 'po'],
    ['set shop ', ['port'], ''],
    ['set shop port 80 ', ['true', 'false'], ''],
    ['show ', ['"first one"', 'second'], ''],
    ['show "first o', ['"first one"'], '"first o'],
    ['broken ', [], ''],
    ['nothing ', [], ''],
  ])('proposes for %j: %j', (line, hits, text) => {
    expect(table.complete(line)).toEqual([hits, text]);
  });
});
