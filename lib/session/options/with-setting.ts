import { ConfigError } from '../../config/config-error.ts';
import { createCodeLayer, createOverrideLayer } from '../../config/config-layer.ts';
import type { ConfigLayer } from '../../config/config-layer.ts';
import { problemAt } from '../../config/check-layer.ts';
import { fieldAt, fieldsAlong } from '../../config/field-at.ts';
import { showValue } from '../../config/show-value.ts';
import { toConfigShape } from './config-shape.ts';
import { SESSION_FIELDS } from './fields.ts';
import { recallSources, rememberSources } from './option-sources.ts';
import { resolveLayers } from './resolve-layers.ts';
import type { ResolvedSessionOptions } from './resolved-session-options.ts';
import type { SessionOptions } from './session-options.ts';

/**
 * The options of a running session with one of them changed.
 *
 * @param path - dotted path of the key, as in the config file
 * @param value - in the units of the config file
 * @returns new options, deeply frozen; those given stay as they are
 * @throws ERR_CONFIG_INVALID the value does not fit, or the key cannot change while the session runs
 */
export function withSetting(
  options: ResolvedSessionOptions,
  path: string,
  value: unknown,
): ResolvedSessionOptions {
  const segments = path.split('.');
  const change = createOverrideLayer(segments, value, {
    label: 'set',
    directory: options.baseDirectory,
  });
  if (fieldAt(SESSION_FIELDS, segments) !== undefined && !isLive(segments))
    throw cannotChange(change, segments);

  const before = createCodeLayer(toConfigShape(options), {
    label: 'config',
    directory: options.baseDirectory,
  });
  const { configFile, baseDirectory } = options;
  const changed = resolveLayers([before, change], { configFile, workingDirectory: baseDirectory });
  if ((changed.polling === false) !== (options.polling === false))
    throw cannotChange(change, ['polling']);
  const ofChange = [...recallSources(changed)].filter(([, origin]) => origin === 'override');
  return rememberSources(changed, new Map([...recallSources(options), ...ofChange]));
}

/**
 * The options of a running session with some of `polling` changed.
 *
 * @param patch - in the shape and the units of the config file
 * @throws ERR_CONFIG_INVALID a value does not fit
 */
export function patchPolling(
  options: ResolvedSessionOptions,
  patch: Exclude<NonNullable<SessionOptions['polling']>, false>,
): ResolvedSessionOptions {
  return withSetting(options, 'polling', patch);
}

function isLive(path: readonly string[]): boolean {
  return fieldsAlong(SESSION_FIELDS, path).some((field) => field.live === true);
}

function cannotChange(change: ConfigLayer, path: readonly string[]): ConfigError {
  const live = Object.entries(SESSION_FIELDS.fields).flatMap(([key, field]) =>
    field.live === true ? [key] : [],
  );
  const expected = `one of ${live.join(', ')}, heartbeat.silenceSeconds, memory.limitMb, as others cannot change while the session runs`;
  return new ConfigError([problemAt(change, path, { expected, found: showValue(path.join('.')) })]);
}
