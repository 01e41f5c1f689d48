// Who is measured side by side, and how its operator tells each to reload and to stop.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as session from '../session/contenders.mjs';

const programs = fileURLToPath(new URL('programs/', import.meta.url));
const tell = (signal) => (running) => running.signal(signal);

export const bare = { ...session.bare, programs, how: '`node server.cjs`' };

export const plainCluster = {
  ...session.plainCluster,
  name: 'plain cluster',
  programs,
  how: 'a `node:cluster` primary of 15 lines; its reload: SIGTERM to its worker, which it forks again',
  reload: (_running, serverPid) => process.kill(serverPid, 'SIGTERM'),
  stop: tell('SIGTERM'),
};

export const vigil = createVigil('vigil', []);
export const vigilStandby = createVigil('vigil standby', ['standby=true']);
/** Without what watches a server from inside, which has a budget of its own; it differs in the rates only. */
export const vigilUnwatched = {
  ...createVigil('vigil unwatched', ['watchdog=false', 'crashReports.flightRecorder=false']),
  only: 'rates',
};

function createVigil(name, settings) {
  return {
    name,
    programs,
    isOurs: true,
    how:
      ['`vigil run server.cjs', ...settings.map((text) => `--set ${text}`)].join(' ') +
      '`; SIGHUP; SIGTERM',
    command: ({ vigil, port, settings: wished = [] }) => ({
      args: [
        join(vigil, 'dist/cli/main.js'),
        ...['run', 'server.cjs', '--port', String(port)],
        ...[...settings, ...wished].flatMap((text) => ['--set', text]),
      ],
    }),
    reload: tell('SIGHUP'),
    stop: tell('SIGTERM'),
  };
}

export const pm2Fork = createPm2('pm2 fork', []);
export const pm2Cluster = createPm2('pm2 cluster', ['-i', '1']);

function createPm2(name, mode) {
  const program = 'pm2/bin/pm2';
  return {
    name,
    programs,
    how: `\`pm2 start server.cjs${mode.map((text) => ` ${text}`).join('')}\`; \`pm2 reload\`; \`pm2 stop\``,
    command: ({ peers, project }) => ({
      args: [join(peers, program), 'start', 'server.cjs', '--name', 'server', ...mode],
      env: { PM2_HOME: join(project, 'pm2'), BENCH_PEERS: peers },
    }),
    reload: operate(program, ['reload', 'server']),
    stop: operate(program, ['stop', 'server']),
  };
}

const FOREVER = 'forever/bin/forever';

export const forever = {
  name: 'forever',
  programs,
  how: '`forever start --killSignal=SIGTERM server.cjs` (without it the server is killed by SIGKILL); `forever restart`; `forever stop`',
  command: ({ peers, project }) => ({
    args: [join(peers, FOREVER), 'start', '--killSignal=SIGTERM', 'server.cjs'],
    env: { FOREVER_ROOT: join(project, 'forever'), BENCH_PEERS: peers },
  }),
  reload: operate(FOREVER, ['restart', 'server.cjs']),
  stop: operate(FOREVER, ['stop', 'server.cjs']),
};

export const throng = {
  name: 'throng',
  programs,
  how: 'a primary that calls `throng({ count: 1, worker })`; it has no reload: SIGTERM, and started anew; SIGTERM',
  command: ({ peers }) => ({
    args: ['throng-primary.cjs'],
    env: { BENCH_THRONG: join(peers, 'throng') },
  }),
  reload: (running) => running.startAgain(),
  stop: tell('SIGTERM'),
};

export const nodemon = {
  name: 'nodemon',
  programs,
  how: '`nodemon --signal SIGTERM server.cjs`; SIGUSR2; SIGTERM',
  command: ({ peers }) => ({
    args: [join(peers, 'nodemon/bin/nodemon.js'), '--signal', 'SIGTERM', 'server.cjs'],
  }),
  reload: tell('SIGUSR2'),
  stop: tell('SIGTERM'),
};

export const OWN = [vigil, vigilStandby, vigilUnwatched];
export const PEERS = [pm2Fork, pm2Cluster, forever, throng, nodemon];

function operate(program, args) {
  return (running) => running.operate((env) => [join(env.BENCH_PEERS, program), ...args]);
}
