// What the decisions of the product add up to over very many servers, without starting one. `npm run build` first;
// `node bench/scale/simulate.mjs` prints what docs/explanation/scale.md quotes. The same numbers each time: the
// chance in it is drawn from a seed.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { beginTrial, recordFailure, NEW_BREAKER } = require('../../dist/supervision/breaker.js');
const {
  decideCrash,
  takeDigest,
  nextDigestAt,
  EMPTY_THROTTLE,
} = require('../../dist/notify/throttle.js');
const { Subscription } = require('../../dist/subscription/subscription.js');
const { ManualClock } = require('../../dist/util/manual-clock.js');
const { SESSION_DEFAULTS, MAIL_DEFAULTS } = require('../../dist/session/options/defaults.js');

const HOUR_MS = 3_600_000;
const { backoff, breaker } = SESSION_DEFAULTS.restart;
const BACKOFF = {
  baseMs: backoff.baseSeconds * 1000,
  factor: backoff.factor,
  maxMs: backoff.maxSeconds * 1000,
  jitter: backoff.jitter,
};
const BREAKER = {
  failures: breaker.failures,
  halfLifeMs: breaker.halfLifeSeconds * 1000,
  cooldownMs: breaker.cooldownSeconds * 1000,
};
const LIMITS = {
  digestMs: MAIL_DEFAULTS.digestSeconds * 1000,
  perHour: MAIL_DEFAULTS.perHour,
};

const FAN_OUT_MS = 600_000;
const BATCH_SIZES = [1, 10, 100];
const EVENT_RATES = [0.1, 1, 10, 100];

console.log(`Restart wave: the database of 10,000 servers is away; each dies 1 s after its start.

${table(
  [
    '',
    'starts in the 1st minute',
    'in the 2nd',
    'in the 10th',
    'most in a second after the 1st minute',
    'in the hour',
  ],
  [
    describeWave('at once, for ever', () => 0),
    describeWave('the same backoff, no jitter, no breaker', createBackoff({ jitter: 0 }, Infinity)),
    describeWave('as it is by default', createBackoff({}, BREAKER.failures)),
  ],
)}

Mail storm: these deaths, two bugs among the servers, over an hour.

${table(['', 'mails to each maintainer in the hour'], describeStorm())}

Fan-out: frames a second to a million clients of which each asks for so many events a second, by its \`batchSize\`, with \`maxSecs\` 10.

${table(['events a second', ...BATCH_SIZES.map((size) => `batchSize ${size}`)], EVENT_RATES.map(describeFanOut))}`);

function describeFanOut(rate) {
  return [rate, ...BATCH_SIZES.map((size) => say(countFrames(rate, size) * 1_000_000))];
}

/** Frames a second to one client whose events come at random. */
function countFrames(rate, batchSize) {
  const clock = new ManualClock();
  const random = createRandom(1);
  let frames = 0;
  const sink = { isReady: () => true, send: () => frames++ };
  const limits = { maxItems: 1000, maxLength: 1_000_000 };
  const options = { ...limits, batchSize, maxWaitMs: 10_000, keepAlive: true };
  const subscription = new Subscription(clock, sink, [options, null]);
  let lastedMs = 0;
  while (lastedMs < FAN_OUT_MS) {
    const gapMs = (-Math.log(1 - random()) / rate) * 1000;
    clock.advance(gapMs);
    lastedMs += gapMs;
    subscription.push({ text: '{}' });
  }
  subscription.close();
  return Math.round((frames / lastedMs) * 1000 * 1000) / 1000;
}

/** Deaths of one server over an hour, in milliseconds. */
function findDeaths(decideDelay, random) {
  const deaths = [];
  let state = NEW_BREAKER;
  for (let now = 1000; now < HOUR_MS;) {
    deaths.push(now);
    const { delayMs, next } = decideDelay(state, now, random);
    state = next ?? state;
    now += delayMs + 1000;
  }
  return deaths;
}

function createBackoff(change, failures) {
  return (state, now, random) => {
    const step = recordFailure(state, {
      now,
      random: random(),
      backoff: { ...BACKOFF, ...change },
      breaker: { ...BREAKER, failures },
    });
    return { delayMs: step.verdict.delayMs, next: beginTrial(step.breaker) };
  };
}

function describeWave(name, decide) {
  const decideDelay = decide.length === 0 ? () => ({ delayMs: decide() }) : decide;
  const random = createRandom(1);
  const perSecond = new Array(HOUR_MS / 1000 + 1).fill(0);
  for (let server = 0; server < 10_000; server++) {
    for (const at of findDeaths(decideDelay, random)) perSecond[Math.floor(at / 1000)]++;
  }
  const minute = (index) => sum(perSecond.slice(index * 60, (index + 1) * 60));
  return [
    name,
    ...[minute(0), minute(1), minute(9), Math.max(...perSecond.slice(60)), sum(perSecond)].map(say),
  ];
}

function describeStorm() {
  const random = createRandom(1);
  const byDefault = createBackoff({}, BREAKER.failures);
  const deaths = [];
  let alone = 0;
  for (let server = 0; server < 10_000; server++) {
    const own = findDeaths(byDefault, random).map((at) => ({
      at,
      fingerprint: String(server % 2),
    }));
    alone += countMails(own);
    for (const death of own) deaths.push(death);
  }
  deaths.sort((one, other) => one.at - other.at);
  return [
    ['a mail for every death', say(deaths.length)],
    ['a session for each server, each with its own limits', say(alone)],
    ['the same limits once over all', say(countMails(deaths))],
  ];
}

/** Mails that one throttle writes of deaths in their order. */
function countMails(deaths) {
  let state = EMPTY_THROTTLE;
  let mails = 0;
  const digestUntil = (until) => {
    for (;;) {
      const at = nextDigestAt(state, { now: 0, limits: LIMITS });
      if (at === null || at > until) return;
      const step = takeDigest(state, { now: Math.max(at, 0), limits: LIMITS });
      if (step.told.length === 0) return;
      mails++;
      state = step.state;
    }
  };
  for (const { at, fingerprint } of deaths) {
    digestUntil(at);
    const notice = { fingerprint, reportId: '', at: '', cause: '', errorLine: '' };
    const step = decideCrash(state, notice, { now: at, limits: LIMITS });
    if (step.send) mails++;
    state = step.state;
  }
  digestUntil(HOUR_MS);
  return mails;
}

/** Numbers from 0 to 1 that are the same in each run (mulberry32). */
function createRandom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function sum(numbers) {
  return numbers.reduce((total, one) => total + one, 0);
}

function say(number) {
  return number.toLocaleString('en');
}
