import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { problemAt } from '../config/check-layer.ts';
import { combineLayers, sourceOf, throwProblems } from '../config/combine-layers.ts';
import {
  type ConfigLayer,
  createCodeLayer,
  createOverrideLayer,
  readFileLayer,
} from '../config/config-layer.ts';
import type { ConfigProblem } from '../config/config-problem.ts';
import type { ConfigOverride } from '../config/parse-setting.ts';
import { type ResolvedSpawnerOptions, resolveSpawnerOptions } from './resolve-spawner-options.ts';
import { SPAWNER_FIELDS } from './spawner-fields.ts';
import type { SpawnerOptions } from './spawner-options.ts';

export interface SpawnerOptionsInput {
  /** Working directory. */
  readonly cwd: string;
  /** Relative to the working directory; default `spawner.config.json`, when it is there. */
  readonly configFile?: string;
  /** Options given in code, which go over those of a file. */
  readonly config?: SpawnerOptions;
  /** Flags, which go over everything. */
  readonly overrides?: readonly ConfigOverride[];
}

const CONFIG_FILE_NAME = 'spawner.config.json';
const HIGHEST_PORT = 65_535;

/**
 * Finds, reads and checks the options of a spawner, and resolves them.
 *
 * @throws ERR_CONFIG_INVALID a `ConfigError` with every problem
 * @throws ERR_CONFIG_READ the file that was asked for does not exist
 */
export function loadSpawnerOptions(input: SpawnerOptionsInput): ResolvedSpawnerOptions {
  const workingDirectory = resolve(input.cwd);
  const label = input.configFile ?? findConfigFile(input, workingDirectory);
  const file = label === null ? null : resolve(workingDirectory, label);
  const baseDirectory = file === null ? workingDirectory : dirname(file);
  const layers = collectLayers(input, workingDirectory);
  if (file !== null && label !== null)
    layers.unshift(readFileLayer(file, { label, directory: baseDirectory }));
  // Something has to be there that lacks what is needed.
  else layers.unshift(createCodeLayer({}, { label: CONFIG_FILE_NAME, directory: baseDirectory }));
  const merged = combineLayers(SPAWNER_FIELDS, layers);
  const options = resolveSpawnerOptions(merged.value as unknown as SpawnerOptions, {
    workingDirectory,
    baseDirectory,
  });
  throwProblems(findPortsBeyond(options, (path) => sourceOf(path, merged, layers)));
  return options;
}

function collectLayers(input: SpawnerOptionsInput, directory: string): ConfigLayer[] {
  const { config, overrides = [] } = input;
  return [
    ...(config === undefined ? [] : [createCodeLayer(config, { label: 'config', directory })]),
    ...overrides.map(({ flag, path, value }) =>
      createOverrideLayer(path.split('.'), value, { label: flag, directory }),
    ),
  ];
}

function findPortsBeyond(
  { ports }: ResolvedSpawnerOptions,
  sourceOfPath: (path: string[]) => ConfigLayer,
): ConfigProblem[] {
  const [first = 0, last = first] = [ports[0], ports.at(-1)];
  if (last <= HIGHEST_PORT) return [];
  const path = ['ports', 'max'];
  const expected = `ports up to ${String(HIGHEST_PORT)}`;
  const found = `${String(first)} to ${String(last)}`;
  return [problemAt(sourceOfPath(path), path, { expected, found })];
}

function findConfigFile({ config }: SpawnerOptionsInput, directory: string): string | null {
  if (config !== undefined) return null;
  return existsSync(resolve(directory, CONFIG_FILE_NAME)) ? CONFIG_FILE_NAME : null;
}
