'use strict';

// What is really loaded, types aside: the server's process pays for every module its side reaches.
const { options } = require('./.dependency-cruiser.cjs');

// Where the entry file calls `launch`, the agent is loaded in both processes; it requires the monitor only to become one.
const worker = {
  path: '^lib/session/worker/',
  pathNot: '^lib/session/worker/launched-preload\\.cts$',
};

module.exports = {
  forbidden: [
    {
      name: 'server-process-loads-no-third-party-module',
      severity: 'error',
      from: worker,
      to: { path: 'node_modules/', reachable: true },
    },
    {
      name: 'server-process-loads-no-monitor',
      severity: 'error',
      from: worker,
      to: { path: '^lib/session/monitor/', reachable: true },
    },
  ],
  options: { ...options, tsPreCompilationDeps: false },
};
