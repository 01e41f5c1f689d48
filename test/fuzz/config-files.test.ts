import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../lib/config/config-error.ts';
import { loadFleetPlan } from '../../lib/fleet/plan/load-fleet-plan.ts';
import { loadJobsOptions } from '../../lib/jobs/load-jobs-options.ts';
import { loadSessionOptions } from '../../lib/session/options.ts';
import { loadSpawnerOptions } from '../../lib/spawner/load-spawner-options.ts';
import { makeDirectory, removeDirectories } from '../session/options-directory.ts';
import { fuzzParser } from './fuzz-parser.ts';

const cwd = makeDirectory();
const configFile = 'given.json';
/** Enough for anybody to begin with, and few enough to be read. */
const MOST_TOLD = 5_000;

mkdirSync(join(cwd, 'config'));

afterAll(removeDirectories);

function expectOptionsOrProblems(load: () => unknown): void {
  try {
    load();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.problems.length).toBeGreaterThan(0);
    expect(error.message.length).toBeLessThan(MOST_TOLD * 4);
    for (const { message, line, column } of error.problems) {
      expect(message).not.toMatch(/[\n\r]/);
      expect(message.length).toBeLessThan(MOST_TOLD);
      expect([line, column].every((at) => at === null || at >= 1)).toBe(true);
    }
  }
}

describe('a config file', () => {
  fuzzParser({
    name: 'config-files',
    words: ['{', '}', '[', ']', ',', ':', '"', '//', '/*', '*/', '"a":', '[[', '{"a":', '1e999'],
    runs: 200,
    read: (bytes) => {
      writeFileSync(join(cwd, configFile), bytes);
      expectOptionsOrProblems(() => loadSessionOptions({ cwd, configFile }));
      expectOptionsOrProblems(() => loadSpawnerOptions({ cwd, configFile }));
      expectOptionsOrProblems(() => loadJobsOptions({ cwd, configFile }));
      for (const name of ['master', 'servers', 'adminServer', 'adminUser'])
        writeFileSync(join(cwd, 'config', `${name}.json`), bytes);
      expectOptionsOrProblems(() => loadFleetPlan({ base: cwd, env: 'development' }));
    },
  });
});
