import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSessionOptions } from '../../lib/session/options/load-session-options.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { loadJobsOptions } from '../../lib/jobs/load-jobs-options.ts';
import { loadSpawnerOptions } from '../../lib/spawner/load-spawner-options.ts';
import { listPages, readCodeBlocks, ROOT } from './code-blocks.ts';

const configs = listPages().flatMap((page) =>
  readCodeBlocks(page)
    .filter(({ language, marks }) => language === 'json' && isConfig(marks))
    .map(({ line, text }): [string, string] => [`${page}:${line}`, text]),
);

describe('a configuration in the documentation', () => {
  it.each(configs)('%s is valid', async (_place, text) => {
    const cwd = await makeTempDirectory({ 'session.config.json': text });
    expect(() => loadSessionOptions({ cwd })).not.toThrow();
  });
});

const spawnerConfigs = listPages().flatMap((page) =>
  readCodeBlocks(page)
    .filter(({ marks }) => marks.has('spawner-config'))
    .map(({ line, text }): [string, string] => [`${page}:${line}`, text]),
);

describe('a configuration of a spawner in the documentation', () => {
  it.each(spawnerConfigs)('%s is valid', async (_place, text) => {
    const cwd = await makeTempDirectory({ 'spawner.config.json': text });
    expect(() => loadSpawnerOptions({ cwd })).not.toThrow();
  });
});

const jobsConfigs = listPages().flatMap((page) =>
  readCodeBlocks(page)
    .filter(({ marks }) => marks.has('jobs-config'))
    .map(({ line, text }): [string, string] => [`${page}:${line}`, text]),
);

describe('a configuration of jobs in the documentation', () => {
  it.each(jobsConfigs)('%s is valid', async (_place, text) => {
    const cwd = await makeTempDirectory({ 'jobs.config.json': text });
    expect(() => loadJobsOptions({ cwd })).not.toThrow();
  });
});

describe('the mailbox of the tutorial', () => {
  it('is that of the example 04-crash-mail', () => {
    const blocks = readCodeBlocks('docs/tutorial/first-crash-mail.md');
    const shown = blocks.find(({ marks }) => marks.get('file') === 'mailbox.js');
    const source = readFileSync(join(ROOT, 'examples/04-crash-mail/mailbox.js'), 'utf8');
    expect(shown?.text).toBe(source);
  });
});

function isConfig(marks: ReadonlyMap<string, string>): boolean {
  return marks.has('config') || marks.get('file') === 'session.config.json';
}
