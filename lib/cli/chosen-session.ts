import { basename, join } from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import type { ConfigOverride } from '../config/parse-setting.ts';
import { loadSessionOptions } from '../session/options/load-session-options.ts';
import { parseSessionSetting } from '../session/options/parse-session-setting.ts';
import type { ResolvedSessionOptions } from '../session/options.ts';
import { hasSession, listSessions, SESSIONS_FOLDER } from './list-sessions.ts';
import type { VerbCall } from './verb.ts';

/** What says which session is meant. */
export type SessionChoice = Pick<VerbCall, 'arguments' | 'cwd'>;

/** The session a command is about. */
export interface ChosenSession {
  /** How it is called in messages. */
  readonly name: string;
  readonly options: ResolvedSessionOptions;
  /** Sessions beside it that may have been meant, when it was not named. */
  readonly others: readonly string[];
}

/**
 * Finds the session that is meant: the one that was named, else that of the configuration in the
 * working directory, else the only one that has been run here.
 *
 * A configuration that was broken while its session runs is no reason not to reach it.
 *
 * @throws ERR_CONFIG_INVALID, ERR_CONFIG_READ
 */
export function chooseSession(call: SessionChoice): ChosenSession {
  const { arguments: given } = call;
  const isNamed = ['name', 'state-dir', 'config'].some((flag) => given.text(flag) !== undefined);
  const loaded = load(call);
  const sessions = listSessions(call.cwd);
  if (isNamed || (loaded.error === null && hasSession(loaded.options.stateDirectory))) {
    return { name: nameOf(call, loaded.options), options: loaded.options, others: [] };
  }
  const [only, ...more] = sessions;
  if (only !== undefined && more.length === 0) {
    return { name: only, options: loadNamed(call, only), others: [] };
  }
  if (loaded.error !== null) throw loaded.error;
  return { name: loaded.options.name, options: loaded.options, others: sessions };
}

/** The options of the configuration and the flags; a file that is broken is told. @throws ERR_CONFIG_INVALID */
export function loadOptions(call: SessionChoice): ResolvedSessionOptions {
  const configFile = call.arguments.text('config');
  return loadSessionOptions({
    cwd: call.cwd,
    ...(configFile === undefined ? {} : { configFile }),
    overrides: [...overridesOf(call), ...call.arguments.list('set').map(parseSessionSetting)],
  });
}

interface Loaded {
  readonly options: ResolvedSessionOptions;
  readonly error: ConfigError | null;
}

function load(call: SessionChoice): Loaded {
  try {
    return { options: loadOptions(call), error: null };
  } catch (error) {
    const isGiven = call.arguments.text('config') !== undefined;
    if (!(error instanceof ConfigError) || isGiven) throw error;
    const overrides = overridesOf(call);
    return { options: loadSessionOptions({ cwd: call.cwd, config: {}, overrides }), error };
  }
}

function loadNamed(call: SessionChoice, name: string): ResolvedSessionOptions {
  const stateDirectory = join(call.cwd, SESSIONS_FOLDER, name);
  const overrides = [override('name', name), override('stateDirectory', stateDirectory)];
  try {
    return loadSessionOptions({ cwd: call.cwd, overrides });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return loadSessionOptions({ cwd: call.cwd, config: {}, overrides });
  }
}

function overridesOf({ arguments: given }: SessionChoice): ConfigOverride[] {
  const name = given.text('name');
  const stateDirectory = given.text('state-dir');
  return [
    ...(name === undefined ? [] : [override('name', name)]),
    ...(stateDirectory === undefined ? [] : [override('stateDirectory', stateDirectory)]),
  ];
}

function override(path: 'name' | 'stateDirectory', value: string): ConfigOverride {
  return { flag: path === 'name' ? '--name' : '--state-dir', path, value };
}

function nameOf({ arguments: given }: SessionChoice, options: ResolvedSessionOptions): string {
  const isByDirectory = given.text('state-dir') !== undefined && given.text('name') === undefined;
  return isByDirectory ? basename(options.stateDirectory) : options.name;
}
