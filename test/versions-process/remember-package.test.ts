import { resolve } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { nodeVersions } from '../support/node-versions.ts';
import { startChild } from '../support/start-child.ts';

const PROGRAM = resolve(__dirname, '../fixtures/process/asks-remembered.cjs');

afterEach(() => assertNoLeaks());

describe('a package that the monitor has found', () => {
  const asksWithout = async (binary: string): Promise<void> => {
    const child = startChild(binary, [PROGRAM]);
    await child.waitForExit();
    expect(child.output.text).toBe('remembered');
  };

  it('is not looked for in the server process', () => asksWithout(process.execPath));

  for (const { version, binary, it } of nodeVersions)
    it(`is not looked for with Node ${version} either`, () => asksWithout(binary));
});
