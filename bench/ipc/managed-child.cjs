'use strict';
const { manage } = require('../../dist/ipc/promisified-ipc-manager.js');
const { askMany } = require('./ask-many.cjs');

const manager = manage(process, {
  measure: (shape) => askMany(ask, shape),
});

function ask(value) {
  return manager.emit('echo', value, { timeoutMs: 120_000 });
}
