/** One file of a new application. */
export interface TemplateFile {
  /** Relative to the application's directory. */
  readonly path: string;
  readonly text: string;
  /** Whether only its owner may read it. */
  readonly isSecret?: boolean;
}

const APP = [
  "'use strict';",
  '',
  "const { createApp } = require('server-vigil/fleet');",
  "const web = require('./app/components/web');",
  '',
  'const app = createApp();',
  '',
  '// This file runs in every process of the fleet; each loads what belongs to its type.',
  "app.configure('all', 'gate', () => {",
  "  app.load('web', web, { answer: () => ({ chat: app.getServersByType('chat') }) });",
  '});',
  "app.configure('all', 'chat', () => {",
  "  app.load('web', web, { answer: () => ({ hello: app.getServerId() }) });",
  '});',
  '',
  'app.start();',
  '',
].join('\n');

const WEB = `'use strict';

const { createServer } = require('node:http');

/** Answers on the port of its server; made anew in each process that loads it. */
module.exports = function web(app, { answer }) {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer()) + '\\n');
  });
  return {
    start(done) {
      const { host, port } = app.getCurServer();
      server.once('error', done);
      server.listen(port, host, () => done());
    },
    stop(_force, done) {
      server.close(done);
      server.closeIdleConnections();
    },
  };
};
`;

const LIFECYCLE = `'use strict';

module.exports = {
  afterStartAll(app) {
    process.stdout.write(app.getServerId() + ': the whole fleet is up\\n');
  },
};
`;

const MASTER = { id: 'master-server-1', host: '127.0.0.1', port: 3005 };
const SERVERS = {
  gate: [{ id: 'gate-server-1', host: '127.0.0.1', port: 3010, frontend: true }],
  chat: [{ host: '127.0.0.1', port: '3050++', clusterCount: 2 }],
};

/**
 * A small application of two types that runs as it is.
 *
 * @param name - of its package
 * @param createToken - makes what the servers of a type show to the master
 */
export function createTemplate(name: string, createToken: () => string): readonly TemplateFile[] {
  const manifest = {
    name,
    private: true,
    scripts: { start: 'vigil fleet start', list: 'vigil fleet list', stop: 'vigil fleet stop' },
    dependencies: { 'server-vigil': '*' },
  };
  const tokens = Object.keys(SERVERS).map((type) => ({ type, token: createToken() }));
  return [
    { path: 'package.json', text: toText(manifest) },
    { path: 'app.js', text: APP },
    { path: 'app/components/web.js', text: WEB },
    { path: 'app/servers/gate/lifecycle.js', text: LIFECYCLE },
    { path: 'config/master.json', text: toText({ development: MASTER, production: MASTER }) },
    { path: 'config/servers.json', text: toText({ development: SERVERS, production: SERVERS }) },
    { path: 'config/adminServer.json', text: toText(tokens), isSecret: true },
    { path: '.gitignore', text: 'node_modules/\nlogs/\n.vigil/\nconfig/adminServer.json\n' },
  ];
}

function toText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
