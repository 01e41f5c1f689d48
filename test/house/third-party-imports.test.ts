import { readFileSync } from 'node:fs';
import { preProcessFile } from 'typescript';
import { listSources } from './list-sources.ts';

describe('a third-party library', () => {
  it('is imported by exactly one file, its adapter', () => {
    const importers = new Map<string, string[]>();
    for (const file of listSources('lib')) {
      for (const name of packagesOf(file))
        importers.set(name, [...(importers.get(name) ?? []), file]);
    }
    const shared = [...importers].filter(([, files]) => files.length > 1);
    expect(Object.fromEntries(shared)).toEqual({});
  });

  it('is loaded only inside a function, when its feature is first used', () => {
    const eager = listSources('lib')
      .filter((file) => !file.startsWith('lib/testing/'))
      // The files of the page are loaded by a browser.
      .filter((file) => !file.startsWith('lib/dashboard/page/'))
      .filter((file) => EAGER_IMPORT.test(readFileSync(file, 'utf8')));
    expect(eager).toEqual([]);
  });
});

const EAGER_IMPORT =
  /^(?:import|export)\s+(?!type\b)[^;]*?from\s+'(?!node:|\.)|^const .* = require\('(?!node:|\.)/m;

function packagesOf(file: string): Set<string> {
  const { importedFiles } = preProcessFile(readFileSync(file, 'utf8'), true, true);
  return new Set(
    importedFiles
      .map(({ fileName }) => fileName)
      .filter((name) => !name.startsWith('.') && !name.startsWith('node:'))
      .map((name) =>
        name
          .split('/')
          .slice(0, name.startsWith('@') ? 2 : 1)
          .join('/'),
      ),
  );
}
