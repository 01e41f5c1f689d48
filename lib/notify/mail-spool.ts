import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { VigilError } from '../errors.ts';
import { isTemporaryFile, writeFileWhole } from '../util/durable-file.ts';
import { MAIL_KINDS, type Mail, type MailKind } from './mail.ts';

/** What was found in a spool directory. */
export interface SpoolContent {
  /** Oldest first. */
  readonly mails: readonly Mail[];
  /** Names of files that are no mails; they were moved aside. */
  readonly unreadable: readonly string[];
}

/** Mails that wait to be sent, one file each, so that they outlive the monitor. Every method fails with ERR_MAIL_SPOOL alone. */
export class MailSpool {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Makes the directory where needed and reads what an earlier monitor left in it. */
  async open(): Promise<SpoolContent> {
    return this.#attempt('read', async () => {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      const mails: Mail[] = [];
      const unreadable: string[] = [];
      for (const name of (await readdir(this.#directory)).sort()) {
        if (isTemporaryFile(name)) await rm(join(this.#directory, name), { force: true });
        if (isTemporaryFile(name) || !name.endsWith(EXTENSION)) continue;
        const mail = await this.#read(name);
        if (mail === null) unreadable.push(name);
        else mails.push(mail);
      }
      for (const name of unreadable) await this.#moveAside(name);
      return { mails, unreadable };
    });
  }

  async put(mail: Mail): Promise<void> {
    await this.#attempt('written', () =>
      writeFileWhole(this.#path(mail.id), JSON.stringify({ version: VERSION, ...mail })),
    );
  }

  async remove(id: string): Promise<void> {
    await this.#attempt('removed', () => rm(this.#path(id), { force: true }));
  }

  /** Keeps a mail that is not tried again in the folder `failed`, for people to look at. */
  async setAside(id: string): Promise<void> {
    await this.#attempt('moved', () => this.#moveAside(`${id}${EXTENSION}`));
  }

  async #read(name: string): Promise<Mail | null> {
    try {
      const file = join(this.#directory, name);
      if ((await stat(file)).size > MAX_MAIL_BYTES) return null;
      return parseMail(await readFile(file, 'utf8'), name.slice(0, -EXTENSION.length));
    } catch {
      return null;
    }
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
      const what = `the mail spool ${this.#directory} cannot be ${done}`;
      throw new VigilError('ERR_MAIL_SPOOL', `${what}: ${(cause as Error).message}`, { cause });
    }
  }
}

const EXTENSION = '.json';
const FAILED_FOLDER = 'failed';
const VERSION = 1;
const MAX_MAIL_BYTES = 2_000_000;
const MAX_FAILED = 100;

/** @returns null when the text is not a mail of ours with that id */
function parseMail(text: string, id: string): Mail | null {
  const value = JSON.parse(text) as Partial<Record<keyof Mail | 'version', unknown>> | null;
  if (value?.version !== VERSION || value.id !== id) return null;
  const { messageId, kind, at, subject, text: body, html } = value;
  const texts = [messageId, at, subject, body, html];
  if (!texts.every((field) => typeof field === 'string')) return null;
  if (Number.isNaN(Date.parse(String(at)))) return null;
  if (!MAIL_KINDS.includes(kind as MailKind)) return null;
  const onlyTo = Array.isArray(value.onlyTo)
    ? value.onlyTo.filter((item) => typeof item === 'string')
    : null;
  return { ...(value as unknown as Mail), onlyTo };
}
