import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { TEST_MARKER } from '../support/marked-processes.ts';
import { waitUntil } from '../support/wait-until.ts';

const run = promisify(execFile);
const WITHIN_MS = 20_000;

/** Whether this machine has a program. */
export function isInstalled(program: string, versionFlag = '--version'): boolean {
  return spawnSync(program, [versionFlag]).status === 0;
}

export const HAS_TMUX = isInstalled('tmux', '-V');

export interface TerminalOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  /** Tells terminals of one folder apart. */
  readonly name?: string;
}

/** A real terminal with a program in it; what is on its screen can be read as a person would. */
export class TmuxTerminal {
  readonly #socket: string;

  private constructor(socket: string) {
    this.#socket = socket;
  }

  static async open(command: string, options: TerminalOptions): Promise<TmuxTerminal> {
    const { cwd, env = {}, columns = 100, name = 'tmux' } = options;
    const terminal = new TmuxTerminal(`${cwd}/${name}.sock`);
    await run(
      'tmux',
      ['-S', terminal.#socket, '-f', '/dev/null', 'new-session', '-d', '-x', String(columns)]
        .concat(['-y', '40', command])
        .concat([';', 'set-option', '-g', 'remain-on-exit', 'on']),
      { cwd, env: { ...process.env, ...TEST_MARKER, ...env } },
    );
    return terminal;
  }

  /** Types a text as it is. */
  async type(text: string): Promise<void> {
    await this.#tmux('send-keys', '-l', '--', text);
  }

  /** Presses a key by its name: `Tab`, `Enter`, `Up`, `C-c`. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#tmux('send-keys', ...keys);
  }

  async screen(): Promise<string> {
    return (await this.#tmux('capture-pane', '-p', '-J')).trimEnd();
  }

  /** Waits until the screen shows it; resolves with the screen. */
  waitFor(wanted: string | RegExp): Promise<string> {
    let last = '';
    return waitUntil(
      async () => {
        last = await this.screen();
        const isThere = typeof wanted === 'string' ? last.includes(wanted) : wanted.test(last);
        return isThere ? last : undefined;
      },
      () => `no ${String(wanted)} on the screen:\n${last}`,
      WITHIN_MS,
    );
  }

  async close(): Promise<void> {
    await this.#tmux('kill-server').catch(() => undefined);
  }

  async #tmux(...words: readonly string[]): Promise<string> {
    return (await run('tmux', ['-S', this.#socket, ...words])).stdout;
  }
}
