import { readFileSync } from 'node:fs';
import { listSources } from './list-sources.ts';

// What opens the inspector of a process, of this one or of another.
const OPENERS =
  /\.open\(\s*\d*\s*[,)].*inspector|inspector\w*\.open\(|SIGUSR1|_debugProcess|--inspect/;

/** Looks for the flag in the environment of an operator, who may have set it for the server alone. */
const WARNS_OF_IT = 'lib/cli/inspect-runtime.ts';

describe('a port of the inspector', () => {
  it('is opened by nothing of ours', () => {
    const openers = listSources('lib')
      .filter((file) => file !== WARNS_OF_IT)
      .filter((file) => readFileSync(file, 'utf8').split('\n').some(isOpener));
    expect(openers).toEqual([]);
  });
});

function isOpener(line: string): boolean {
  const isComment = /^\s*(\/\/|\*|\/\*)/.test(line);
  return !isComment && OPENERS.test(line);
}
