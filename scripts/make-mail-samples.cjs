'use strict';

const SENDER = { name: 'shop', host: 'web1', at: '2026-03-14T02:51:07.412Z' };
const AT = '2026-03-14T02:51:07.305Z';
const PROJECT = '/srv/shop';

const SOURCE = {
  'src/search.js': [
    'function matches(query, title) {',
    '  // Words in any order, quoted or not.',
    '  const pattern = /^(\\w+\\s?)*$/;',
    '  return pattern.test(query) && title.includes(query);',
    '}',
  ],
  'src/cart.js': [
    'function total(cart) {',
    '  const items = cart.items;',
    '  return items.reduce((sum, item) => sum + item.price, 0);',
    '}',
  ],
};

const COMMON = {
  at: AT,
  phase: 'running',
  code: null,
  signal: null,
  pid: 4720,
  generation: 3,
  uptimeMs: 5_412_000,
  restarts: 2,
  nextAction: { kind: 'restart', delayMs: 0 },
  outputTail: ['GET /search 200 in 3 ms', 'GET /search 200 in 4 ms'],
  memory: { rssBytes: 152_000_000 },
  loopLagMs: 1.3,
  environment: {
    node: 'v20.19.5',
    platform: 'linux x64',
    gitCommit: '9f2c1ab',
    variableNames: ['HOME', 'PATH', 'PAYMENT_TOKEN'],
  },
};

const HANG = {
  ...COMMON,
  cause: 'hang',
  evidence: ['ended by the monitor: no heartbeat for 10.2 s', 'signal SIGKILL', 'phase running'],
  error: null,
  signal: 'SIGKILL',
  hangStack: [
    `    at matches (${PROJECT}/src/search.js:4:18)`,
    `    at Array.filter (<anonymous>)`,
    `    at search (${PROJECT}/src/search.js:21:25)`,
    `    at ${PROJECT}/src/routes.js:48:10`,
  ].join('\n'),
  requestsInFlight: [
    { method: 'GET', path: '/search', ageMs: 10_240 },
    { method: 'GET', path: '/cart', ageMs: 9_870 },
  ],
  suspect: { route: 'GET /search', hits: 4, of: 5 },
  changedSinceStable: ['commit 1d07e55 → 9f2c1ab', 'src/search.js'],
};

const CRASH = {
  ...COMMON,
  cause: 'crash',
  code: 1,
  evidence: [
    "crash note: uncaughtException: TypeError: Cannot read properties of undefined (reading 'items')",
    'exit code 1',
    'phase running',
  ],
  error: {
    name: 'TypeError',
    message: "Cannot read properties of undefined (reading 'items')",
    stack: [
      "TypeError: Cannot read properties of undefined (reading 'items')",
      `    at total (${PROJECT}/src/cart.js:2:22)`,
      `    at ${PROJECT}/src/routes.js:31:19`,
    ].join('\n'),
  },
  requestsInFlight: [{ method: 'POST', path: '/checkout', ageMs: 12 }],
};

const MEMORY = {
  ...COMMON,
  cause: 'memory-limit',
  evidence: ['asked to end: memory-limit', 'exit code 0', 'phase draining'],
  error: null,
  code: 0,
  nextAction: { kind: 'replace', delayMs: null },
  memory: { rssBytes: 537_000_000 },
};

const FLEET_SENDER = { name: 'shop production', host: 'web1', at: SENDER.at };
const NO_DATABASE = 'Error: no database at 10.0.0.7:5432';

const FLEET_CRASH = {
  fingerprint: '5f0f8a1c2b7d9e34',
  cause: 'exit',
  code: 1,
  signal: null,
  errorLine: NO_DATABASE,
  at: AT,
  lastAt: '2026-03-14T02:51:10.118Z',
  evidence: ['ended by itself', 'exit code 1', 'phase starting'],
  lastWords: [
    NO_DATABASE,
    `    at connect (${PROJECT}/app/components/rooms.js:14:11)`,
    `    at start (${PROJECT}/app/components/rooms.js:22:5)`,
  ],
  where: [
    { server: 'chat-1', host: '10.0.0.4', count: 3 },
    { server: 'chat-2', host: '10.0.0.4', count: 3 },
    { server: 'chat-3', host: '10.0.0.5', count: 2 },
  ],
};

const ERROR_LINE = "TypeError: Cannot read properties of undefined (reading 'items')";

/**
 * The page with a sample of each mail and request, made by the code that makes the real ones.
 *
 * @param modules - `buildCrashReport`, `composeMail`, `renderMail` and `composeWebhookBody` of Vigil
 */
function makePage(modules) {
  const report = (facts, id) =>
    modules.buildCrashReport(facts, {
      projectDirectory: PROJECT,
      readSource: (file) => SOURCE[file.slice(PROJECT.length + 1)]?.join('\n') ?? null,
      mask: (text) => text,
      id,
    });
  const first = { reportId: '20260314-025107-305-1c9e0d', at: AT, cause: 'crash' };
  const last = { ...first, reportId: '20260314-025955-018-77ab21', at: '2026-03-14T02:59:55.018Z' };
  const notice = { fingerprint: '5f0f8a1c2b7d9e34', errorLine: ERROR_LINE };
  const held = {
    count: 999,
    isKnown: true,
    first: { ...notice, ...first },
    last: { ...notice, ...last },
  };
  const inFleet = {
    ...{ fingerprint: FLEET_CRASH.fingerprint, reportId: '', cause: 'exit' },
    ...{ errorLine: NO_DATABASE, at: '2026-03-14T02:52:31.220Z' },
  };
  const heldInFleet = {
    ...{ count: 14, isKnown: true },
    where: FLEET_CRASH.where.slice(0, 2).map((place) => ({ ...place, count: 7 })),
    ...{ first: inFleet, last: { ...inFleet, at: '2026-03-14T03:00:48.905Z' } },
  };
  const gaveUp = {
    at: SENDER.at,
    cause: 'crash',
    failures: 6,
    nextTrialMs: 300_000,
    reportId: first.reportId,
    errorLine: ERROR_LINE,
  };
  const crash = { kind: 'crash', report: report(CRASH, first.reportId) };
  const samples = [
    ['A crash', 'At once, the first time.', crash],
    [
      'A hang',
      'The same mail, with the stack of the stuck loop and what else is known.',
      { kind: 'crash', report: report(HANG, '20260314-025107-305-d41f7a') },
    ],
    [
      'A digest',
      'Further crashes of a kind that was mailed already.',
      { kind: 'digest', digest: { told: [held], forgotten: 0 } },
    ],
    [
      'Gave up',
      'When the breaker opens, once until the server is back.',
      { kind: 'gaveUp', facts: gaveUp },
    ],
    [
      'Recovered',
      'When the server is back after that.',
      { kind: 'recovered', facts: { at: SENDER.at, downMs: 605_000, pid: 4811 } },
    ],
    [
      'The memory limit',
      'A server that was replaced because of `memory.limitMb`.',
      { kind: 'crash', report: report(MEMORY, '20260314-025107-305-0b6c2e') },
    ],
    [
      'The session key',
      'At the start, unless `mail.sendSessionKey` is false.',
      { kind: 'sessionKey', key: 'the key of this session' },
    ],
    ['A test', 'Asked for by `vigil test-alert`.', { kind: 'test' }],
  ];
  const fleet = [
    [
      'A crash in a fleet',
      'One for each cause over all servers and hosts, [seconds after the first of them](fleet.md#crash-mails).',
      { kind: 'fleetCrash', crash: FLEET_CRASH },
      FLEET_SENDER,
    ],
    [
      'A digest of a fleet',
      'What servers died of later that was mailed already.',
      { kind: 'digest', digest: { told: [heldInFleet], forgotten: 0 } },
      FLEET_SENDER,
    ],
  ];
  const mails = [...samples, ...fleet].map(([title, when, told, sender = SENDER]) => {
    const { subject, text } = modules.renderMail(modules.composeMail(told, sender));
    return `## ${title}\n\n${when}\n\n\`\`\`text\nSubject: ${subject}\n\n${text.trimEnd()}\n\`\`\`\n`;
  });
  const requests = [crash, samples[2][2], samples[3][2], samples[4][2], samples[7][2]].map(
    (told) => {
      const body = JSON.stringify(modules.composeWebhookBody(told, SENDER), null, 2);
      return `\`\`\`text\n${body}\n\`\`\`\n`;
    },
  );
  return (
    [
      '# Mails and webhook requests, by sample',
      '',
      '<!-- Made by scripts/make-mail-samples.mjs. -->',
      '',
      'Each mail has the text below and the same as HTML. What becomes known of a death differs: what is not known is left out.',
      '',
      ...mails,
      '## The requests of a webhook',
      '',
      'On one line each; the [how-to](../how-to/webhook.md) explains the fields.',
      '',
      ...requests,
    ]
      .join('\n')
      .trimEnd() + '\n'
  );
}

module.exports = { makePage };
