// Runs the tests of one file again and again, each time with another mutant of it: in this process, without a start of
// jest for each. Told by messages: { file, tests } once, then { source }; answers { isProgram, failure }.
'use strict';
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { resolve, sep } = require('node:path');
const { transformSync } = require('@swc/core');
const fc = require('fast-check');

const fromJest = createRequire(require.resolve('jest'));
const circus = fromJest('jest-circus');
const { jestExpect } = fromJest('@jest/expect');
const { ModuleMocker } = createRequire(fromJest.resolve('jest-circus'))('jest-mock');

const OWN = ['lib', 'test'].map((folder) => resolve(folder) + sep);
const RUNS = 60;

// Which mutants a property finds is to be the same each time.
fc.configureGlobal({ seed: 1, numRuns: RUNS, endOnFailure: true });

const compiled = new Map();
let target = '';
let tests = [];
let mutated = null;

require.extensions['.ts'] = (module, file) => {
  module._compile(file === target && mutated !== null ? mutated : compileFile(file), file);
};

function compileFile(file) {
  if (!compiled.has(file)) compiled.set(file, compile(file, readFileSync(file, 'utf8')));
  return compiled.get(file);
}

function compile(filename, source) {
  const { code } = transformSync(source, {
    filename,
    swcrc: false,
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  });
  return code;
}

process.on('message', (message) => {
  if (message.file !== undefined) {
    target = resolve(message.file);
    tests = message.tests.map((file) => resolve(file));
    return;
  }
  void judge(message);
});

async function judge({ source }) {
  let failure;
  try {
    mutated = source === null ? null : compile(target, source);
  } catch {
    process.send({ isProgram: false });
    return;
  }
  try {
    failure = await runTests();
  } catch (error) {
    failure = String(error);
  }
  process.send({ isProgram: true, failure });
}

/** Null when all of them pass. */
async function runTests() {
  for (const file of Object.keys(require.cache))
    if (OWN.some((folder) => file.startsWith(folder))) delete require.cache[file];
  circus.resetState();
  const { describe, it, test, beforeAll, beforeEach, afterAll, afterEach } = circus;
  const mocker = new ModuleMocker(globalThis);
  const jest = {
    fn: mocker.fn.bind(mocker),
    spyOn: mocker.spyOn.bind(mocker),
    restoreAllMocks: () => mocker.restoreAllMocks(),
  };
  const hooks = { beforeAll, beforeEach, afterAll, afterEach };
  Object.assign(globalThis, { describe, it, test, ...hooks, expect: jestExpect, jest });
  let failure = null;
  const note = (event) => {
    // One is enough: what comes after it is left out.
    if (event.name === 'test_start' && failure !== null) event.test.mode = 'skip';
    if (event.name === 'test_fn_failure') failure ??= event.test.name;
  };
  circus.addEventHandler(note);
  try {
    for (const file of tests) require(file);
    const { unhandledErrors } = await circus.run();
    return failure ?? unhandledErrors[0] ?? null;
  } finally {
    circus.removeEventHandler(note);
  }
}
