import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { VigilError } from '../errors.ts';
import { writeFileWhole } from '../util/durable-file.ts';
import { createRandomKey } from '../util/random-key.ts';
import { EXIT } from './exit-codes.ts';
import { createTemplate, type TemplateFile } from './fleet-template.ts';
import { JSON_FLAG } from './session-flags.ts';
import type { Verb, VerbCall } from './verb.ts';

/** `vigil fleet init`. @lazy */
export const fleetInitVerb: Verb = {
  name: 'fleet init',
  describe: 'writes a small application to begin with',
  words: [
    {
      name: 'path',
      describe: 'its directory; default: this one',
      isOptional: true,
      completes: 'directories',
    },
  ],
  flags: [
    { name: 'force', kind: 'switch', describe: 'write into a directory that is not empty' },
    JSON_FLAG,
  ],
  examples: ['vigil fleet init chat && cd chat && npm install && npx vigil fleet start'],
  async run(call) {
    const path = call.arguments.text('path') ?? '.';
    const base = resolve(call.cwd, path);
    if (!(await mayWrite(base, path, call))) return EXIT.failed;
    const name =
      basename(base)
        .toLowerCase()
        .replace(/[^a-z0-9._-]+/g, '-') || 'fleet';
    const files = await writeAll(base, createTemplate(name, createRandomKey));
    const written = files.map(({ file, isNew }) => ({ path: join(path, file), isNew }));
    if (call.arguments.isOn('json')) call.output.printJson({ base, files: written });
    else tell(written, path, call);
    return EXIT.ok;
  },
};

interface WrittenFile {
  readonly file: string;
  readonly isNew: boolean;
}

/** What is there is never lost: the template is only added to it. */
async function writeAll(base: string, files: readonly TemplateFile[]): Promise<WrittenFile[]> {
  const written: WrittenFile[] = [];
  for (const { path, text, isSecret } of files) {
    const target = join(base, path);
    const isNew = !existsSync(target);
    if (isNew) await writeOne(target, text, isSecret === true ? 0o600 : 0o644);
    written.push({ file: path, isNew });
  }
  return written;
}

async function writeOne(target: string, text: string, mode: number): Promise<void> {
  try {
    mkdirSync(dirname(target), { recursive: true });
    await writeFileWhole(target, text, mode);
  } catch (cause) {
    const why = (cause as Error).message;
    throw new VigilError('ERR_FILE_WRITE', `${target} cannot be written: ${why}`, { cause });
  }
}

/** A directory with something in it belongs to somebody, who is asked. */
async function mayWrite(base: string, path: string, call: VerbCall): Promise<boolean> {
  if (isFree(base) || call.arguments.isOn('force')) return true;
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY || call.arguments.isOn('json')) {
    const text = `${path} is not an empty directory: choose another, or add what is missing there with --force`;
    throw new VigilError('ERR_FILE_WRITE', text);
  }
  const terminal = createInterface({ input: stdin, output: stdout });
  try {
    const question = terminal.question(`${path} is not empty: add the application to it? [y/N] `);
    // Ctrl-C or end-of-file is no yes either.
    const left = new Promise<string>((resolveLeft) => {
      terminal.once('close', () => {
        resolveLeft('');
      });
    });
    return /^y(es)?$/i.test((await Promise.race([question, left])).trim());
  } finally {
    terminal.close();
  }
}

function isFree(base: string): boolean {
  const stats = statSync(base, { throwIfNoEntry: false });
  if (stats === undefined) return true;
  return stats.isDirectory() && readdirSync(base).length === 0;
}

function tell(
  files: readonly { readonly path: string; readonly isNew: boolean }[],
  path: string,
  { output }: VerbCall,
): void {
  for (const file of files) {
    output.print(`   ${file.isNew ? 'create' : 'exists'} : ${file.path}`);
  }
  const enter = path === '.' ? '' : `cd ${path} && `;
  output.print(`\nNow: ${enter}npm install && npx vigil fleet start`);
}
