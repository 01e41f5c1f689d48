import { dirname } from 'node:path';
import { createCodeLayer, createOverrideLayer, readFileLayer } from '../../config/config-layer.ts';
import type { ConfigLayer } from '../../config/config-layer.ts';
import type { ConfigOverride } from '../../config/parse-setting.ts';
import { resolveLayers } from './resolve-layers.ts';
import type { ResolvedSessionOptions } from './resolved-session-options.ts';
import type { SessionOptions } from './session-options.ts';

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

export interface InputPlace {
  readonly workingDirectory: string;
  /** Absolute, and as it was given. */
  readonly configFile: string | null;
  readonly label: string | null;
}

/** Resolves options of which at least one is given: apart from the rest, as it brings in the libraries. @lazy */
export function resolveInput(
  input: SessionOptionsInput,
  place: InputPlace,
): ResolvedSessionOptions {
  return resolveLayers(collectLayers(input, place), place);
}

function collectLayers(input: SessionOptionsInput, place: InputPlace): ConfigLayer[] {
  const { workingDirectory, configFile, label } = place;
  const layers: ConfigLayer[] = [];
  if (configFile !== null && label !== null) {
    layers.push(readFileLayer(configFile, { label, directory: dirname(configFile) }));
  }
  if (input.config !== undefined && typeof input.config !== 'string') {
    layers.push(createCodeLayer(input.config, { label: 'config', directory: workingDirectory }));
  }
  for (const { flag, path, value } of input.overrides ?? []) {
    const source = { label: flag, directory: workingDirectory };
    layers.push(createOverrideLayer(path.split('.'), value, source));
  }
  return layers;
}
