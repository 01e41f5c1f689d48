import { statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { VigilError } from '../../errors.ts';
import { isJobName } from '../broker.ts';
import type { JobHandlers } from './job-handler.ts';

/** Names that Node adds to what a CommonJS module exports. */
const NOT_HANDLERS = new Set(['default', 'module.exports', '__esModule']);

/**
 * Loads the handlers of a module: the functions of a CommonJS `module.exports`, or those an ES module exports by name
 * or in an object as its default.
 *
 * @param file - absolute path
 * @throws ERR_JOBS_HANDLERS when it exports none, or one whose name cannot be that of a job
 * @throws what the module throws while it is loaded
 */
export async function loadHandlers(file: string): Promise<JobHandlers> {
  const module = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  const handlers = new Map([...listFunctions(module['default']), ...listFunctions(module)]);
  if (handlers.size === 0)
    throw handlersError(file, 'exports no function: expected { name: async (args) => … }');
  const wrong = [...handlers.keys()].find((name) => !isJobName(name));
  if (wrong === undefined) return handlers as JobHandlers;
  const expected = 'letters, digits and _ . : -, at most 100 of them, and not "dead"';
  throw handlersError(file, `exports "${wrong}", which cannot be the name of a job (${expected})`);
}

/**
 * Refuses a path that cannot be that of a module.
 *
 * @param file - absolute path; null: none was given
 * @throws ERR_ENTRY_NOT_FOUND
 */
export function checkHandlersFile(file: string | null): string {
  if (file === null) throw new VigilError('ERR_ENTRY_NOT_FOUND', 'no module of handlers was given');
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) return file;
  throw new VigilError('ERR_ENTRY_NOT_FOUND', `the handlers ${file} do not exist`);
}

function listFunctions(value: unknown): (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).filter(
    ([name, entry]) => typeof entry === 'function' && !NOT_HANDLERS.has(name),
  );
}

function handlersError(file: string, reason: string): VigilError {
  return new VigilError('ERR_JOBS_HANDLERS', `${file} ${reason}`);
}
