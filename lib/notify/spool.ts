import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { VigilError, type VigilErrorCode } from '../errors.ts';
import { isLeftHalfWritten, isTemporaryFile, writeFileWhole } from '../util/durable-file.ts';
import { MESSAGE_KINDS, type Message, type MessageKind } from './message.ts';

/** What was found in a spool directory. */
export interface SpoolContent<M> {
  /** Oldest first. */
  readonly messages: readonly M[];
  /** Names of files that are no messages of ours; they were moved aside. */
  readonly unreadable: readonly string[];
}

export interface SpoolOptions<M> {
  readonly directory: string;
  /** What waits in it, in words. */
  readonly name: string;
  readonly errorCode: VigilErrorCode;
  /** Makes of a parsed file what is not in every message; null when the file is no such message. */
  readonly parse: (value: Readonly<Record<string, unknown>>) => Omit<M, keyof Message> | null;
}

/** Messages that wait to be sent, one file each, so that they outlive the monitor. Every method fails with its error code alone. */
export class Spool<M extends Message> {
  readonly #options: SpoolOptions<M>;
  readonly #directory: string;

  constructor(options: SpoolOptions<M>) {
    this.#options = options;
    this.#directory = options.directory;
  }

  /** A file in it that cannot be read. */
  describeUnreadable(file: string): { readonly code: VigilErrorCode; readonly message: string } {
    const { errorCode: code, name } = this.#options;
    return { code, message: `${file} in the ${name} spool is no ${name} of ours` };
  }

  /** Makes the directory where needed and reads what an earlier monitor left in it. */
  async open(): Promise<SpoolContent<M>> {
    return this.#attempt('read', async () => {
      await this.#makeDirectory();
      const messages: M[] = [];
      const unreadable: string[] = [];
      for (const name of (await readdir(this.#directory)).sort()) {
        const path = join(this.#directory, name);
        if (isLeftHalfWritten(path)) await rm(path, { force: true });
        if (isTemporaryFile(name) || !name.endsWith(EXTENSION)) continue;
        const message = await this.#read(name);
        if (message === null) unreadable.push(name);
        else messages.push(message);
      }
      for (const name of unreadable) await this.#moveAside(name);
      return { messages, unreadable };
    });
  }

  async put(message: M): Promise<void> {
    await this.#attempt('written', async () => {
      // The first message may come before the spool is opened.
      await this.#makeDirectory();
      await writeFileWhole(
        this.#path(message.id),
        JSON.stringify({ version: VERSION, ...message }),
      );
    });
  }

  async remove(id: string): Promise<void> {
    await this.#attempt('removed', () => rm(this.#path(id), { force: true }));
  }

  /** Keeps a message that is not tried again in the folder `failed`, for people to look at. */
  async setAside(id: string): Promise<void> {
    await this.#attempt('moved', () => this.#moveAside(`${id}${EXTENSION}`));
  }

  async #makeDirectory(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
  }

  async #read(name: string): Promise<M | null> {
    try {
      const file = join(this.#directory, name);
      const stats = await stat(file);
      if (!stats.isFile() || stats.size > MAX_MESSAGE_BYTES) return null;
      return this.#parse(await readFile(file, 'utf8'), name.slice(0, -EXTENSION.length));
    } catch {
      return null;
    }
  }

  #parse(text: string, id: string): M | null {
    const value = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
    const message = value === null ? null : parseMessage(value, id);
    const rest = value === null || message === null ? null : this.#options.parse(value);
    return rest === null ? null : ({ ...message, ...rest } as M);
  }

  async #moveAside(name: string): Promise<void> {
    const failed = join(this.#directory, FAILED_FOLDER);
    await mkdir(failed, { recursive: true, mode: 0o700 });
    await rename(join(this.#directory, name), join(failed, name));
    const names = (await readdir(failed)).sort();
    for (const old of names.slice(0, Math.max(0, names.length - MAX_FAILED))) {
      await rm(join(failed, old), { force: true, recursive: true });
    }
  }

  #path(id: string): string {
    return join(this.#directory, `${id}${EXTENSION}`);
  }

  async #attempt<T>(done: string, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (cause) {
      const { name, errorCode } = this.#options;
      const what = `the ${name} spool ${this.#directory} cannot be ${done}`;
      throw new VigilError(errorCode, `${what}: ${(cause as Error).message}`, { cause });
    }
  }
}

const EXTENSION = '.json';
const FAILED_FOLDER = 'failed';
const VERSION = 1;
const MAX_MESSAGE_BYTES = 2_000_000;
const MAX_FAILED = 100;

/** @returns null when it is not a message of ours with that id */
function parseMessage(value: Readonly<Record<string, unknown>>, id: string): Message | null {
  const { messageId, kind, at } = value;
  if (value['version'] !== VERSION || value['id'] !== id) return null;
  if (typeof messageId !== 'string' || typeof at !== 'string') return null;
  if (Number.isNaN(Date.parse(at)) || !MESSAGE_KINDS.includes(kind as MessageKind)) return null;
  return { id, messageId, kind: kind as MessageKind, at };
}
