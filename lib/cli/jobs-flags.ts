import { parseSetting } from '../config/parse-setting.ts';
import { JOBS_FIELDS } from '../jobs/jobs-fields.ts';
import { loadJobsOptions } from '../jobs/load-jobs-options.ts';
import type { ResolvedJobsOptions } from '../jobs/resolve-jobs-options.ts';
import type { VerbCall, VerbFlag } from './verb.ts';

/** Flags of all commands of jobs that read the configuration. */
export const JOBS_FLAGS: readonly VerbFlag[] = [
  {
    name: 'config',
    alias: 'c',
    kind: 'text',
    value: 'FILE',
    completes: 'files',
    describe: 'configuration (default jobs.config.json)',
  },
  {
    name: 'broker',
    kind: 'text',
    value: 'URL',
    describe: 'what keeps the jobs, such as amqp://host1,host2,host3',
  },
  { name: 'set', kind: 'list', value: 'KEY=VALUE', describe: 'any key of the configuration' },
  { name: 'quiet', kind: 'switch', describe: 'print the address and warnings only' },
  { name: 'json', kind: 'switch', describe: 'print events, one JSON object a line' },
];

export const JOBS_PORT_FLAG: VerbFlag = {
  name: 'port',
  alias: 'p',
  kind: 'number',
  describe: 'where clients connect (default 8900), 0 for any free port',
};

/** A flag that stands for a key of the configuration. */
export interface KeyFlag {
  readonly flag: string;
  readonly path: string;
  readonly isNumber?: true;
}

/** Where a server of jobs keeps its files. */
export const STATE_FLAGS: readonly VerbFlag[] = [
  { name: 'name', alias: 'n', kind: 'text', value: 'NAME', describe: 'names the state directory' },
  {
    name: 'state-dir',
    kind: 'text',
    value: 'DIR',
    completes: 'directories',
    describe: 'where it keeps its files (default .vigil/NAME)',
  },
];

export const STATE_KEYS: readonly KeyFlag[] = [
  { flag: 'name', path: 'name' },
  { flag: 'state-dir', path: 'stateDirectory' },
];

const COMMON: readonly KeyFlag[] = [
  { flag: 'broker', path: 'broker' },
  { flag: 'port', path: 'port', isNumber: true },
];

/**
 * The options that a command of jobs was given.
 *
 * @throws ERR_CONFIG_INVALID, ERR_CONFIG_READ
 */
export function readJobsOptions(
  call: VerbCall,
  keyFlags: readonly KeyFlag[] = [],
): ResolvedJobsOptions {
  const given = call.arguments;
  const configFile = given.text('config');
  const overrides = [...COMMON, ...keyFlags].flatMap(({ flag, path, isNumber }) => {
    const text = given.text(flag);
    if (text === undefined) return [];
    return [{ flag: `--${flag}`, path, value: isNumber === true ? Number(text) : text }];
  });
  return loadJobsOptions({
    cwd: call.cwd,
    ...(configFile === undefined ? {} : { configFile }),
    overrides: [...overrides, ...given.list('set').map((text) => parseSetting(JOBS_FIELDS, text))],
  });
}
