import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ConfigLayer } from '../../config/config-layer.ts';
import type { ConfigOverride } from '../../config/parse-setting.ts';
import { resolveSessionOptions } from './resolve-session-options.ts';
import type { ResolvedSessionOptions } from './resolved-session-options.ts';
import type { SessionOptions } from './session-options.ts';

/** File that is looked for in the working directory when nothing else is given. */
const CONFIG_FILE_NAME = 'session.config.json';

export interface SessionOptionsInput {
  /** Working directory. */
  readonly cwd: string;
  /** Relative to the working directory. */
  readonly configFile?: string;
  /** Options given in code, which go over those of a file; or the path of a file. */
  readonly config?: SessionOptions | string;
  /** Flags, which go over everything; relative paths in them are relative to the working directory. */
  readonly overrides?: readonly ConfigOverride[];
}

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
  const lazy = loadMachinery();
  return lazy.resolveLayers(collectLayers(input, { ...place, label }, lazy), place);
}

function findConfigFile(
  { configFile, config }: SessionOptionsInput,
  workingDirectory: string,
): string | null {
  if (configFile !== undefined) return configFile;
  if (config !== undefined) return typeof config === 'string' ? config : null;
  return existsSync(resolve(workingDirectory, CONFIG_FILE_NAME)) ? CONFIG_FILE_NAME : null;
}

type Machinery = typeof import('./resolve-layers.ts') &
  typeof import('../../config/config-layer.ts');

function loadMachinery(): Machinery {
  return {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded on first use
    ...(require('./resolve-layers') as typeof import('./resolve-layers.ts')),
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded on first use
    ...(require('../../config/config-layer') as typeof import('../../config/config-layer.ts')),
  };
}

interface Place {
  readonly workingDirectory: string;
  readonly configFile: string | null;
  readonly label: string | null;
}

function collectLayers(input: SessionOptionsInput, place: Place, lazy: Machinery): ConfigLayer[] {
  const { workingDirectory, configFile, label } = place;
  const directory = configFile === null ? workingDirectory : resolve(configFile, '..');
  const layers: ConfigLayer[] = [];
  if (configFile !== null && label !== null)
    layers.push(lazy.readFileLayer(configFile, { label, directory }));
  if (input.config !== undefined && typeof input.config !== 'string') {
    layers.push(
      lazy.createCodeLayer(input.config, { label: 'config', directory: workingDirectory }),
    );
  }
  for (const { flag, path, value } of input.overrides ?? []) {
    layers.push(
      lazy.createOverrideLayer(path.split('.'), value, {
        label: flag,
        directory: workingDirectory,
      }),
    );
  }
  return layers;
}
