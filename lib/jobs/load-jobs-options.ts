import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { combineLayers } from '../config/combine-layers.ts';
import { createCodeLayer, createOverrideLayer, readFileLayer } from '../config/config-layer.ts';
import type { ConfigOverride } from '../config/parse-setting.ts';
import { JOBS_FIELDS } from './jobs-fields.ts';
import type { JobsOptions } from './jobs-options.ts';
import { type ResolvedJobsOptions, resolveJobsOptions } from './resolve-jobs-options.ts';

export interface JobsOptionsInput {
  /** Working directory. */
  readonly cwd: string;
  /** Relative to the working directory; default `jobs.config.json`, when it is there. */
  readonly configFile?: string;
  /** Options given in code, which go over those of a file. */
  readonly config?: JobsOptions;
  /** Flags, which go over everything. */
  readonly overrides?: readonly ConfigOverride[];
}

const CONFIG_FILE_NAME = 'jobs.config.json';

/**
 * Finds, reads and checks the options of jobs, and resolves them.
 *
 * @throws ERR_CONFIG_INVALID a `ConfigError` with every problem
 * @throws ERR_CONFIG_READ the file that was asked for does not exist
 */
export function loadJobsOptions(input: JobsOptionsInput): ResolvedJobsOptions {
  const { config, overrides = [] } = input;
  const directory = resolve(input.cwd);
  const label = input.configFile ?? findConfigFile(input, directory);
  const file = label === null ? null : resolve(directory, label);
  const baseDirectory = file === null ? directory : dirname(file);
  const layers = [
    ...(file === null || label === null
      ? []
      : [readFileLayer(file, { label, directory: baseDirectory })]),
    ...(config === undefined ? [] : [createCodeLayer(config, { label: 'config', directory })]),
    ...overrides.map(({ flag, path, value }) =>
      createOverrideLayer(path.split('.'), value, { label: flag, directory }),
    ),
  ];
  const { value } = combineLayers(JOBS_FIELDS, layers);
  return resolveJobsOptions(value, {
    workingDirectory: directory,
    baseDirectory,
  });
}

function findConfigFile({ config }: JobsOptionsInput, directory: string): string | null {
  if (config !== undefined) return null;
  return existsSync(resolve(directory, CONFIG_FILE_NAME)) ? CONFIG_FILE_NAME : null;
}
