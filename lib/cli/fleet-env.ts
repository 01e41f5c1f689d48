import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { VigilError } from '../errors.ts';
import { readLocalKey } from '../fleet/admin/local-key.ts';

const STATE_PREFIX = 'fleet-';

/**
 * The environment that a command means: the one it was told, or the one whose master has left its key here.
 *
 * @throws ERR_USAGE when there are several
 */
export function findFleetEnv(base: string, given: string | undefined): string {
  const told = given ?? process.env['NODE_ENV'];
  if (given !== undefined) return checkEnv(given);
  const running = listRunning(base);
  if (told !== undefined && told !== '' && (running.length === 0 || running.includes(told)))
    return checkEnv(told);
  if (running.length > 1) {
    const text = `several environments run here, choose one with --env: ${running.join(', ')}`;
    throw new VigilError('ERR_USAGE', text);
  }
  return running[0] ?? 'development';
}

/** @throws ERR_USAGE */
export function checkEnv(env: string): string {
  if (/^[\w-][\w.-]{0,63}$/.test(env)) return env;
  throw new VigilError('ERR_USAGE', `"${env}" is no environment such as production`);
}

function listRunning(base: string): string[] {
  const folder = join(base, '.vigil');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith(STATE_PREFIX))
    .filter((name) => readLocalKey(join(folder, name)) !== null)
    .map((name) => name.slice(STATE_PREFIX.length))
    .sort();
}
