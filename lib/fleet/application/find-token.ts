import { readConfig } from './read-config.ts';
import type { ConfigPlace } from './read-config.ts';

/**
 * What a server names to be let in, by `config/adminServer.json`.
 *
 * @returns null when the file is not there, or has none for the type
 * @throws ERR_CONFIG_READ when the file cannot be read
 */
export function findToken(place: ConfigPlace, serverType: string): string | null {
  const value = readConfig(place, 'config/adminServer.json');
  if (!Array.isArray(value)) return null;
  const entries: readonly unknown[] = value;
  for (const entry of entries) {
    const { type, token } = (entry ?? {}) as { readonly type?: unknown; readonly token?: unknown };
    if (type === serverType && typeof token === 'string') return token;
  }
  return null;
}
