import { readFileSync } from 'node:fs';
import { listSources } from './list-sources.ts';

const STARTS_PROCESSES = /\/support\/(start-child|spawn-vigil)\.ts'/;

describe('a test file that starts processes', () => {
  it('asserts that it leaves none behind', () => {
    const careless = listSources('test')
      .filter((file) => file.endsWith('.test.ts'))
      .filter((file) => {
        const text = readFileSync(file, 'utf8');
        return STARTS_PROCESSES.test(text) && !/(?:assertNoLeaks|useBrowser)\(\)/.test(text);
      });
    expect(careless).toEqual([]);
  });
});
