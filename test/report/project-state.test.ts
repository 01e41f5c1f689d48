import {
  describeChanges,
  parseProjectState,
  type ProjectState,
} from '../../lib/report/project-state.ts';

const STATE: ProjectState = {
  node: 'v20.20.2',
  commit: '1a2b3c4d5e6f',
  lockFile: { name: 'package-lock.json', hash: 'a' },
  files: { 'src/app.js': 'a', 'src/old.js': 'a' },
  environment: { DATABASE_URL: 'a', OLD_FLAG: 'a' },
  config: { 'polling.route': 'a' },
};

describe('describeChanges', () => {
  it('says nothing of what is the same', () => {
    expect(describeChanges(STATE, { ...STATE })).toEqual([]);
  });

  it('says what is different, one sentence each', () => {
    const now: ProjectState = {
      node: 'v22.1.0',
      commit: '9f8e7d6c5b4a',
      lockFile: { name: 'package-lock.json', hash: 'b' },
      files: { 'src/app.js': 'b', 'src/a-new.js': 'a' },
      environment: { A_NEW_FLAG: 'a', DATABASE_URL: 'b' },
      config: { 'polling.route': 'b' },
    };
    expect(describeChanges(STATE, now)).toEqual([
      'Node v20.20.2 → v22.1.0',
      'commit 1a2b3c4 → 9f8e7d6',
      'package-lock.json changed',
      'src/app.js changed',
      'src/a-new.js is loaded now',
      'src/old.js is no longer loaded',
      'config: polling.route changed',
      'environment: DATABASE_URL changed, A_NEW_FLAG added, OLD_FLAG removed',
    ]);
  });

  it.each([
    [null, 'package-lock.json removed'],
    [{ name: 'yarn.lock', hash: 'a' }, 'package-lock.json replaced by yarn.lock'],
  ])('tells of a lock file that became %j', (lockFile, sentence) => {
    expect(describeChanges(STATE, { ...STATE, lockFile })).toEqual([sentence]);
    const none = { ...STATE, lockFile: null };
    expect(describeChanges(none, STATE)).toEqual(['package-lock.json added']);
  });

  it('names no more than a person reads', () => {
    const many = (prefix: string) =>
      Object.fromEntries(
        Array.from({ length: 100 }, (_, index) => [`${prefix}${String(index)}`, 'a']),
      );
    const now = { ...STATE, files: { ...STATE.files, ...many('f') }, environment: many('E') };
    const sentences = describeChanges(STATE, now);
    expect(sentences).toHaveLength(22);
    expect(sentences[20]).toBe('and 80 more files');
    expect(sentences[21]).toMatch(/, and 72 more$/);
  });
});

describe('parseProjectState', () => {
  it('reads back what was written', () => {
    expect(parseProjectState(JSON.parse(JSON.stringify(STATE)))).toEqual(STATE);
  });

  it.each([
    null,
    [],
    'text',
    {},
    { ...STATE, files: { a: 1 } },
    { ...STATE, commit: 7 },
    { ...STATE, lockFile: 'x' },
  ])('takes %j for none', (value) => {
    expect(parseProjectState(value)).toBeNull();
  });
});
