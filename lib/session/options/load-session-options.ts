import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { SessionOptionsInput } from './resolve-input.ts';
import { resolveSessionOptions } from './resolve-session-options.ts';
import type { ResolvedSessionOptions } from './resolved-session-options.ts';

/** File that is looked for in the working directory when nothing else is given. */
const CONFIG_FILE_NAME = 'session.config.json';

/**
 * Finds, reads and checks the options of a session, and resolves them.
 *
 * It is synchronous, and without a file, options or flags it loads no library: it stands in the way of the start.
 *
 * @throws ERR_CONFIG_INVALID a `ConfigError` with every problem
 * @throws ERR_CONFIG_READ the file that was asked for does not exist
 */
export function loadSessionOptions(input: SessionOptionsInput): ResolvedSessionOptions {
  const workingDirectory = resolve(input.cwd);
  const label = findConfigFile(input, workingDirectory);
  const configFile = label === null ? null : resolve(workingDirectory, label);
  const place = { workingDirectory, configFile };
  const hasCode = input.config !== undefined && typeof input.config !== 'string';
  if (label === null && !hasCode && (input.overrides ?? []).length === 0)
    return resolveSessionOptions({}, place);

  const { resolveInput } = require('./resolve-input') as typeof import('./resolve-input.ts');
  return resolveInput(input, { ...place, label });
}

function findConfigFile(
  { configFile, config }: SessionOptionsInput,
  workingDirectory: string,
): string | null {
  if (configFile !== undefined) return configFile;
  if (config !== undefined) return typeof config === 'string' ? config : null;
  return existsSync(resolve(workingDirectory, CONFIG_FILE_NAME)) ? CONFIG_FILE_NAME : null;
}
