'use strict';

const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

/**
 * Node's environment, which also collects the warnings of the real process: a test file sees only
 * a copy of `process`, on which `warning` never fires.
 */
class WarningsEnvironment extends TestEnvironment {
  #onWarning = (warning) => {
    this.global.processWarnings.push(warning.stack ?? String(warning));
  };

  async setup() {
    await super.setup();
    this.global.processWarnings = [];
    this.global.collectGarbage = collectGarbage;
    process.on('warning', this.#onWarning);
  }

  async teardown() {
    process.off('warning', this.#onWarning);
    await super.teardown();
  }
}

module.exports = WarningsEnvironment;
