import { parseSetting, parseSettingValue } from '../../config/parse-setting.ts';
import type { ConfigOverride } from '../../config/parse-setting.ts';
import { SESSION_FIELDS } from './fields.ts';

/**
 * Reads `key.path=value`, as given to `--set`; whether the key exists and the value fits is found when it is used.
 *
 * @throws ERR_CONFIG_INVALID when it has not that form
 */
export function parseSessionSetting(text: string): ConfigOverride {
  return parseSetting(SESSION_FIELDS, text);
}

/** Reads a value typed by a person for a key: JSON if it is, else a text. */
export function parseSessionSettingValue(path: string, text: string): unknown {
  return parseSettingValue(SESSION_FIELDS, path, text);
}
