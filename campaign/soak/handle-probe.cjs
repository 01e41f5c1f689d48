'use strict';
// Preloaded into each process: writes down how many timers, sockets and the like keep it alive.
const { renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { isMainThread } = require('node:worker_threads');

const EVERY_MS = 200;
const file = join(process.env.VIGIL_SOAK, `${process.pid}.handles`);

if (isMainThread)
  setInterval(() => {
    try {
      writeFileSync(`${file}.new`, String(process.getActiveResourcesInfo().length));
      renameSync(`${file}.new`, file);
    } catch {
      // The soak is over.
    }
  }, EVERY_MS).unref();
