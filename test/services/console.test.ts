import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type RunningSession, startSession } from '../cli-process/running-session.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { itWhere } from '../support/it-where.ts';
import { HAS_TMUX, TmuxTerminal } from './tmux-terminal.ts';

const CLI = resolve(__dirname, '../../dist/cli/main.js');
const WITHIN_MS = 60_000;
const opened: TmuxTerminal[] = [];

async function attach(session: RunningSession): Promise<TmuxTerminal> {
  const name = `console-${opened.length}`;
  const terminal = await TmuxTerminal.open(
    `"${process.execPath}" "${CLI}" console; echo left with $?; cat`,
    { cwd: session.folder, name },
  );
  opened.push(terminal);
  await terminal.waitFor(/^shop> *$/m);
  return terminal;
}

async function enter(terminal: TmuxTerminal, line: string): Promise<void> {
  await terminal.type(line);
  await terminal.press('Enter');
}

afterEach(async () => {
  for (const terminal of opened.splice(0)) await terminal.close();
  await assertNoLeaks();
});

describe('vigil console on a real terminal', () => {
  itWhere(HAS_TMUX, 'no tmux')(
    'completes, remembers lines over consoles, and serves several of them at once',
    async () => {
      const session = await startSession();
      const first = await attach(session);
      const second = await attach(session);
      await first.type('restart cl');
      await first.press('Tab');
      await first.waitFor('shop> restart clean');
      await first.press('C-u');
      await enter(first, 'set polling 7 true');
      await first.waitFor('intervalSeconds is now 7');
      await enter(second, 'status');
      await second.waitFor(/^session +shop: running$/m);
      await enter(second, '> 1 + 1');
      await second.waitFor(/JavaScript is evaluated only with/);
      await first.press('C-d');
      await first.waitFor('left with 0');
      const third = await attach(session);
      await third.press('Up', 'Up', 'Up');
      await third.waitFor(/shop> set polling 7 true/);
      const file = `console-history.${process.getuid?.() ?? 0}`;
      const { mode } = await stat(join(session.vigil.stateDirectory, file));
      expect(mode & 0o777).toBe(0o600);
      await session.vigil.stop();
      await second.waitFor('the session has ended');
      await second.waitFor('left with 0');
    },
    WITHIN_MS,
  );
});
