import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CodeBlock } from '../docs/code-blocks.ts';
import { installPackages } from '../examples/project-sandbox.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { type StartedChild, startChild } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';

const LAST = '';
const STEP_MS = 30_000;
/** The ports that pages speak of; each reading gets free ones in their place. */
const PORTS_IN_PAGES = ['3000', '3001', '2525', '3005', '3010', '3050', '3090'];
/** So many, where a page counts up from one of them. */
const PORTS_IN_A_ROW = 2;
const PORT_IN_PAGES = new RegExp(PORTS_IN_PAGES.join('|'), 'g');
/** Where the reader of a page keeps projects. */
const HOME_IN_PAGES = '/home/you';

/** Does what a page says, as a reader at some terminals would, and compares what they show. */
export class PageReader {
  readonly #terminals = new Map<string, StartedChild>();
  #ports = new Map<string, string>();
  #home = '';
  #directory = '';

  static async open(packages: readonly string[]): Promise<PageReader> {
    const reader = new PageReader();
    reader.#home = await makeTempDirectory();
    reader.#directory = reader.#home;
    await installPackages(reader.#directory, packages);
    for (const port of PORTS_IN_PAGES)
      reader.#ports.set(port, String(await findFreePorts(PORTS_IN_A_ROW)));
    return reader;
  }

  async follow(block: CodeBlock): Promise<void> {
    const { marks } = block;
    const text = this.#asHere(block.text);
    if (marks.has('install')) await this.#install(text);
    else if (marks.has('file')) await this.#write(marks.get('file') ?? '', text);
    else if (marks.has('run')) await this.#run(text, marks);
    else if (marks.has('types')) this.#terminal(marks.get('types')).write(text.trimEnd());
    else if (marks.has('shows')) await this.#compare(this.#terminal(marks.get('shows')), text);
  }

  /** Closes the terminals, as a reader would who has come to the end of the page. */
  async close(): Promise<void> {
    for (const terminal of this.#terminals.values()) {
      interruptGroup(terminal.pid);
      await terminal.waitForExit(STEP_MS);
    }
  }

  /** Packages are taken from this checkout: the tests install nothing. */
  async #install(text: string): Promise<void> {
    for (const line of text.trim().split('\n')) {
      const [command, ...words] = line.split(' ');
      if (command === 'mkdir') await mkdir(join(this.#directory, words[0] ?? ''));
      else if (command === 'cd') this.#directory = join(this.#directory, words[0] ?? '');
      else if (line.startsWith('npm install ')) {
        const names = words.slice(1).filter((word) => word !== 'server-vigil');
        await installPackages(this.#directory, names);
      } else await this.#runToEnd(line, 0);
    }
  }

  async #write(name: string, text: string): Promise<void> {
    const path = join(this.#directory, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }

  async #run(text: string, marks: CodeBlock['marks']): Promise<void> {
    const name = marks.get('run') ?? LAST;
    await this.#terminals.get(name)?.waitForExit(STEP_MS);
    if (name === LAST) await this.#runToEnd(text, Number(marks.get('exit') ?? 0));
    else this.#terminals.set(name, this.#start(text));
  }

  async #runToEnd(text: string, expectedCode: number): Promise<void> {
    const child = this.#start(text);
    this.#terminals.set(LAST, child);
    const { code } = await child.waitForExit(STEP_MS);
    if (code !== expectedCode) {
      throw new Error(
        `exit code ${String(code)} instead of ${expectedCode}:\n${child.output.text}`,
      );
    }
  }

  #start(text: string): StartedChild {
    const env = { npm_config_update_notifier: 'false', npm_config_offline: 'true' };
    return startChild('sh', ['-c', text], { cwd: this.#directory, env, detached: true });
  }

  #terminal(name = LAST): StartedChild {
    const terminal = this.#terminals.get(name);
    if (terminal === undefined) throw new Error(`nothing was run in a terminal "${name}"`);
    return terminal;
  }

  /** Every line must appear; process ids, times and other numbers may differ. */
  async #compare(terminal: StartedChild, text: string): Promise<void> {
    for (const wanted of text.split('\n').filter((line) => line.trim() !== '')) {
      await waitUntil(
        () => terminal.output.all.find((line) => generalize(line.text) === generalize(wanted)),
        () => `no line like "${wanted}" in:\n${terminal.output.text}`,
        STEP_MS,
      );
    }
  }

  /** With free ports, in the folder of this reader. */
  #asHere(text: string): string {
    // Where a page relies on the default port, the free one must be said.
    const said = text
      .replace(/vigil (run|doctor) (\S+)/g, '$& --port 3000')
      .replaceAll(HOME_IN_PAGES, this.#home);
    // All in one go: a free port may hold the digits of another one.
    return said.replace(PORT_IN_PAGES, (port) => this.#ports.get(port) ?? port);
  }
}

function interruptGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGINT');
  } catch (error) {
    // Reaped, and its exit event still to come: two children that end at once are told one after the other.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function generalize(line: string): string {
  return line
    .replace(/^\d\d:\d\d:\d\d /, '')
    .replace(/\b\d{8}-\d{6}-\d{3}-[0-9a-f]{6}\b/g, '0')
    .replace(/(?<![#\d])\d+/g, '0')
    .replace(/\b0(\.0)? m?s\b/g, '0 s')
    .replace(/\s+/g, ' ')
    .trim();
}
