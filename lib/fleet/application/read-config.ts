import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { VigilError } from '../../errors.ts';
import { blankComments } from './blank-comments.ts';

/** Where the files of an application are looked for. */
export interface ConfigPlace {
  readonly base: string;
  readonly env: string;
}

/**
 * Reads a file of the application: what stands under the name of the environment, or else all of it; when the file
 * is not there, that of the same name in `config/<env>/`.
 *
 * @returns undefined when neither file is there
 * @throws ERR_CONFIG_READ when it is there and cannot be read, naming line and column where it is not JSON
 */
export function readConfig({ base, env }: ConfigPlace, path: string): unknown {
  const file = [resolve(base, path), join(base, 'config', env, basename(path))].find((candidate) =>
    existsSync(candidate),
  );
  if (file === undefined) return undefined;
  const value = readJson(file);
  return isObject(value) && Object.hasOwn(value, env) ? value[env] : value;
}

function readJson(file: string): unknown {
  const text = readText(file);
  try {
    return JSON.parse(blankComments(text));
  } catch (cause) {
    const place = locate(text, cause as Error);
    throw new VigilError('ERR_CONFIG_READ', `${file}${place}: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (cause) {
    throw new VigilError('ERR_CONFIG_READ', `${file}: ${(cause as Error).message}`, { cause });
  }
}

/** Node tells the offset in most of its messages. */
function locate(text: string, { message }: Error): string {
  const offset = /position (\d+)/.exec(message)?.[1];
  if (offset === undefined) return '';
  const before = text.slice(0, Number(offset)).split('\n');
  return `:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
