import { mkdir, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { itWhere } from '../support/it-where.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { HAS_TMUX, isInstalled, TmuxTerminal } from './tmux-terminal.ts';

const CLI = resolve(__dirname, '../../dist/cli/main.js');
const WITHIN_MS = 90_000;

// Each shell reads our script as its user would have it read at its start.
const SHELLS = {
  bash: {
    command: 'exec bash --noprofile --rcfile rc -i',
    rc: 'PS1="ready> "; bind "set bell-style none"; eval "$(vigil completion bash)"\n',
  },
  zsh: {
    command: 'exec zsh -d -i',
    rc: 'PS1="ready> "; autoload -U compinit; compinit -u -D; eval "$(vigil completion zsh)"\n',
  },
  fish: {
    command: 'exec fish -i --no-config --init-command "source rc"',
    rc: 'function fish_greeting; end; function fish_prompt; echo -n "ready> "; end; vigil completion fish | source\n',
  },
} as const;

async function openShell(name: keyof typeof SHELLS): Promise<TmuxTerminal> {
  const { command, rc } = SHELLS[name];
  const folder = await makeTempDirectory({
    'package.json': '{"name":"shop"}',
    'server.js': '',
    rc,
    '.zshrc': rc,
    '.vigil/front/events.jsonl': '',
    '.vigil/shop/events.jsonl': '',
  });
  await mkdir(join(folder, 'bin'));
  await symlink(CLI, join(folder, 'bin/vigil'));
  return TmuxTerminal.open(command, {
    cwd: folder,
    env: {
      HOME: folder,
      ZDOTDIR: folder,
      XDG_CONFIG_HOME: folder,
      XDG_DATA_HOME: folder,
      PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
    },
  });
}

let terminal: TmuxTerminal | null = null;

afterEach(async () => {
  await terminal?.close();
  terminal = null;
  await assertNoLeaks();
});

describe.each(Object.keys(SHELLS) as (keyof typeof SHELLS)[])(
  'the Tab key in a real %s',
  (name) => {
    itWhere(isInstalled(name) && HAS_TMUX, `no ${name}, or no tmux`)(
      'completes commands, flags, sessions, settings and files of vigil',
      async () => {
        const shell = await openShell(name);
        terminal = shell;
        await shell.waitFor('ready>');
        for (const [typed, completed] of [
          ['vigil rel', 'vigil reload'],
          ['vigil restart --fo', 'vigil restart --force'],
          ['vigil status --name fr', 'vigil status --name front'],
          ['vigil status --name=fr', 'vigil status --name=front'],
          ['vigil check --set restart.pol', 'vigil check --set restart.policy='],
          ['vigil check --set restart.policy=te', 'restart.policy=temporary'],
          ['vigil run serv', 'vigil run server.js'],
        ] as const) {
          await shell.type(typed);
          await shell.press('Tab');
          await shell.waitFor(completed);
          await shell.press('C-u');
          await shell.press('C-l');
          await shell.waitFor(/^ready>\s*$/);
        }
        await shell.type('vigil re');
        await shell.press('Tab', 'Tab');
        await shell.waitFor(/restart[^]*reload|reload[^]*restart/);
      },
      WITHIN_MS,
    );
  },
);
