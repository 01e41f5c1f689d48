'use strict';

// The layers of the house. Imports lead downwards; a folder of layer 1 imports another of its own
// layer only where an arrow is drawn here.
const LAYER_1 = {
  supervision: [],
  process: ['supervision', 'probe', 'ipc'],
  ipc: [],
  probe: [],
  config: [],
  report: ['supervision'],
  notify: [],
  console: [],
  websocket: [],
  subscription: [],
  lwes: [],
  http: [],
};
const LAYER_3 = ['spawner', 'fleet', 'jobs', 'stream', 'dashboard'];
/** What a fleet or a gateway serves as its page is built with that of a session. */
const PAGES_OF_OTHERS = '^lib/dashboard/page/(fleet|jobs)/';

// Installed by those who use the feature; here they are development dependencies as well.
const OPTIONAL_PEERS = 'node_modules/(classic-level|rabbitmq-client)/';

const GROUND = '^lib/(util/|errors\\.ts$|version\\.ts$)';
const layer1 = Object.keys(LAYER_1);
const folder = (...names) => `^lib/(${names.join('|')})/`;

const forbid = (name, from, to) => ({ name, severity: 'error', from, to });

module.exports = {
  forbidden: [
    forbid('no-cycles', { path: '^lib/' }, { circular: true }),
    forbid('resolvable', { path: '^lib/' }, { couldNotResolve: true }),
    forbid(
      'declared-dependency',
      { path: '^lib/' },
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], pathNot: OPTIONAL_PEERS },
    ),
    forbid(
      'no-development-dependency',
      // What the page is made of is built into its files.
      { path: '^lib/', pathNot: '^lib/(testing|dashboard/page)/' },
      { dependencyTypes: ['npm-dev'], pathNot: ['node_modules/@types/', OPTIONAL_PEERS] },
    ),
    forbid(
      'known-folder',
      {
        path: '^lib/[^/]+/',
        pathNot: folder('util', ...layer1, 'session', ...LAYER_3, 'cli', 'testing'),
      },
      {},
    ),
    forbid('ground', { path: GROUND }, { path: '^lib/', pathNot: GROUND }),
    ...layer1.map((name) =>
      forbid(
        `layer-1-${name}`,
        { path: folder(name) },
        {
          path: '^lib/',
          pathNot: [
            GROUND,
            folder(name, ...LAYER_1[name], ...(name === 'notify' ? ['report'] : [])),
          ],
        },
      ),
    ),
    forbid(
      'notify-takes-only-types-of-report',
      { path: folder('notify') },
      { path: folder('report'), dependencyTypesNot: ['type-only'] },
    ),
    forbid('supervision-is-pure', { path: folder('supervision') }, { dependencyTypes: ['core'] }),
    forbid(
      'layer-2-session',
      { path: folder('session') },
      { path: '^lib/', pathNot: [GROUND, folder(...layer1, 'session')] },
    ),
    ...LAYER_3.map((name) =>
      forbid(
        `layer-3-${name}`,
        { path: folder(name), pathNot: PAGES_OF_OTHERS },
        { path: '^lib/', pathNot: [GROUND, folder(...layer1, 'session', name)] },
      ),
    ),
    forbid(
      'pages-take-only-types-of-what-they-show',
      { path: PAGES_OF_OTHERS },
      {
        path: '^lib/',
        pathNot: [GROUND, folder(...layer1, 'session', 'dashboard')],
        dependencyTypesNot: ['type-only'],
      },
    ),
    forbid(
      'monitor-without-worker',
      { path: '^lib/session/monitor/' },
      { path: '^lib/session/worker/' },
    ),
    forbid(
      'worker-without-monitor',
      { path: '^lib/session/worker/' },
      { path: '^lib/session/monitor/' },
    ),
    forbid('cli-is-the-top', { path: '^lib/', pathNot: folder('cli') }, { path: folder('cli') }),
    forbid(
      'nothing-imports-testing',
      { path: '^lib/', pathNot: folder('testing') },
      { path: folder('testing') },
    ),
    forbid('nothing-imports-an-index', { path: '^lib/' }, { path: '^lib/.*index[.]ts$' }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['require', 'node', 'default'],
    },
  },
};
