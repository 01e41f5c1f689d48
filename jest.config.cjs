'use strict';

const PROCESS_TESTS = '<rootDir>/test/(process|session-process|cli|[^/]+-process)/';
const OUTER_GROUPS = ['package', 'examples', 'house', 'fuzz', 'services'];

const shared = {
  testEnvironment: '<rootDir>/test/support/jest-environment.cjs',
  setupFilesAfterEnv: ['<rootDir>/test/support/jest-setup.cjs'],
  testPathIgnorePatterns: ['/node_modules/', '/fixtures/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/temp/'],
  moduleFileExtensions: ['ts', 'js', 'cjs', 'mjs', 'json', 'node'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
};

function group(displayName, testMatch, ignored = []) {
  return {
    ...shared,
    displayName,
    testMatch,
    testPathIgnorePatterns: [...shared.testPathIgnorePatterns, ...ignored],
  };
}

const outerFolders = OUTER_GROUPS.map((name) => `<rootDir>/test/${name}/`);

/** Groups are chosen by path: `jest --selectProjects unit process`. All but `unit` and `fuzz` need a build first. */
module.exports = {
  maxWorkers: 2,
  // Ends what hangs; a test on a busy machine takes several times what it takes alone.
  testTimeout: 60_000,
  // With --coverage: what decides is covered in full; the rest is judged by reading.
  coverageProvider: 'v8',
  coverageDirectory: 'temp/coverage',
  coverageReporters: ['text'],
  collectCoverageFrom: [
    'lib/supervision/**/*.ts',
    'lib/{util,process,session,spawner,jobs,fleet}/**/*-machine.ts',
  ],
  coverageThreshold: { global: { statements: 100, branches: 100, functions: 100, lines: 100 } },
  projects: [
    group('unit', ['<rootDir>/test/**/*.test.ts'], [...outerFolders, PROCESS_TESTS]),
    group('process', ['<rootDir>/test/{process,session-process,cli,*-process}/**/*.test.ts']),
    ...OUTER_GROUPS.map((name) => group(name, [`<rootDir>/test/${name}/**/*.test.ts`])),
  ],
};
