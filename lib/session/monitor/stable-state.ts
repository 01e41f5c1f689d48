import { createHmac, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  describeChanges,
  parseProjectState,
  type ProjectState,
} from '../../report/project-state.ts';
import { writeFileWhole } from '../../util/durable-file.ts';
import type { ResolvedSessionOptions } from '../options.ts';
import { LocalFiles } from './local-files.ts';
import { readProjectState } from './read-project-state.ts';

export interface StableStateOptions {
  readonly options: () => ResolvedSessionOptions;
  readonly entry: string;
  readonly projectDirectory: string;
}

const STATE_NAME = 'stable.json';
const KEY_NAME = 'stable.key';
const KEY = /^[\da-f]{64}$/;
const HASH_LENGTH = 24;

/**
 * What the server ran with when it was last stable, on disk, so that it outlives the monitor as well.
 *
 * The file holds names and keyed hashes: the plain hash of a short password could be guessed, the one
 * with a key that never leaves the state directory cannot.
 */
export class StableState {
  readonly #options: StableStateOptions;
  #key: Promise<string> | null = null;
  #files: LocalFiles | null = null;

  constructor(options: StableStateOptions) {
    this.#options = options;
  }

  /** The server is stable as it is now. @throws the error of the file system */
  async remember(): Promise<void> {
    const state = await this.#read();
    const keyMark = (await this.#hasher())('');
    const content = `${JSON.stringify({ ...state, keyMark }, null, 1)}\n`;
    await writeFileWhole(this.#path(STATE_NAME), content);
  }

  /** What is different from then, one sentence each; nothing when no stable state is known. */
  async changes(): Promise<string[]> {
    const before = await this.#recall();
    return before === null ? [] : describeChanges(before, await this.#read());
  }

  async #recall(): Promise<ProjectState | null> {
    const text = await readFile(this.#path(STATE_NAME), 'utf8').catch(() => null);
    if (text === null) return null;
    try {
      const value = JSON.parse(text) as { keyMark?: unknown } | null;
      // Hashes made with another key say nothing.
      return value?.keyMark === (await this.#hasher())('') ? parseProjectState(value) : null;
    } catch {
      return null;
    }
  }

  async #read(): Promise<ProjectState> {
    const hash = await this.#hasher();
    this.#files ??= new LocalFiles(hash);
    const { options, entry, projectDirectory } = this.#options;
    return readProjectState({
      options: options(),
      entry,
      projectDirectory,
      files: this.#files,
      hash,
    });
  }

  async #hasher(): Promise<(content: Buffer | string) => string> {
    this.#key ??= this.#readKey().catch((error: unknown) => {
      this.#key = null;
      throw error;
    });
    const key = await this.#key;
    return (content) =>
      createHmac('sha256', key).update(content).digest('hex').slice(0, HASH_LENGTH);
  }

  async #readKey(): Promise<string> {
    const known = await readFile(this.#path(KEY_NAME), 'utf8').catch(() => '');
    if (KEY.test(known.trim())) return known.trim();
    const key = randomBytes(32).toString('hex');
    await writeFileWhole(this.#path(KEY_NAME), `${key}\n`);
    return key;
  }

  #path(name: string): string {
    return join(this.#options.options().stateDirectory, name);
  }
}
