import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';
import { Load, REQUESTS_PER_SECOND } from './load.mjs';
import { Mailbox } from './mailbox.mjs';
import { MISFORTUNES, REPETITION } from './misfortunes.mjs';
import { print } from './print.mjs';
import { ROOT, Session } from './session.mjs';
import { findFreePort } from '../../bench/support/free-port.mjs';
import { stayOpen } from './stay.mjs';
import { tellMisfortune, tellRepetition, tellStart, tellSummary } from './telling.mjs';
import { waitFor } from './wait-for.mjs';

const SHOP = import.meta.resolve('./shop.js');
const STEADY_MS = 1000;
/** So long that all of the repetition is in one digest, even on a slow machine. */
const DIGEST_SECONDS = 15;

class Interruption extends Error {
  exitCode = 130;
}

/** Starts everything, lets it go wrong in every way, ends everything. Resolves with the exit code. */
export async function tellStory({ stay }) {
  const stage = await setStage();
  try {
    await start(stage);
    for (const misfortune of MISFORTUNES) await play(misfortune, stage);
    await repeat(REPETITION, stage);
    await stage.load.stop();
    if (stay) await stayOpen(stage);
    return await close(stage);
  } catch (error) {
    return await giveUp(stage, error);
  }
}

async function setStage() {
  const mailbox = new Mailbox();
  await mailbox.open();
  const port = await findFreePort();
  const session = new Session(argsFor(port, mailbox));
  const ending = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(name, () => ending.abort(new Interruption('interrupted')));
  }
  session.on('exit', () => ending.abort(new Error('vigil run ended before it was asked to')));
  return { mailbox, port, session, load: new Load(port), signal: ending.signal };
}

function argsFor(port, mailbox) {
  return [
    ...[relative(ROOT, fileURLToPath(SHOP)), '--name', 'tea-shop', '--port', String(port)],
    ...['--route', '/health', '--interval', '0.5'],
    // Failures hours apart are restarted at once; those of the demo are seconds apart.
    ...['--set', 'restart.breaker.halfLifeSeconds=0.5'],
    ...['--set', 'heartbeat.silenceSeconds=2'],
    ...['--set', `mail.digestSeconds=${DIGEST_SECONDS}`, '--set', 'mail.perHour=20'],
    ...['--mail-to', 'on-call@shop.example', '--mail-from', 'vigil@shop.example'],
    ...['--smtp', mailbox.address],
  ];
}

async function start(stage) {
  print.title('Vigil: a real Express server, made to fail in five ways under load');
  stage.session.start();
  const ready = await findEvent(stage, 'worker.ready', () => true, 'server that is ready');
  stage.load.start();
  tellStart(stage, { ready, requestsPerSecond: REQUESTS_PER_SECOND });
  await wait(STEADY_MS, null, { signal: stage.signal });
}

/** Lets one thing go wrong, waits until all of it is over, and checks that it went as it should. */
async function play(misfortune, stage) {
  const { session, mailbox, load } = stage;
  const struckAt = performance.now();
  const { before, death, after } = await strike(misfortune, stage);
  const mail = await waitFor(mailbox, 'mail', {
    find: () => mailbox.mails.find(({ subject }) => subject.includes(`: ${misfortune.cause}: `)),
    what: `mail about "${misfortune.cause}"`,
    signal: stage.signal,
  });
  await wait(STEADY_MS, null, { signal: stage.signal });
  const scheduled = session.events.findLast(({ type }) => type === 'restart.scheduled');
  tellMisfortune(misfortune, { before, after, death, mail, scheduled, load, struckAt });
}

/** Does it, and waits until the server is back. */
async function strike(misfortune, stage) {
  const before = lastOf(stage.session, 'worker.ready');
  void misfortune.strike({ port: stage.port, pid: before.pid });
  const isHere = (event) => event.pid === before.pid;
  const death = await findEvent(stage, 'worker.exited', isHere, 'death of the server process');
  const isNext = (event) => event.generation > before.generation;
  const after = await findEvent(stage, 'worker.ready', isNext, 'new server process');
  if (death.cause !== misfortune.cause) {
    throw new Error(`expected the cause "${misfortune.cause}", the session says "${death.cause}"`);
  }
  return { before, death, after };
}

/** Lets the same go wrong several times: the mails about it come as one. */
async function repeat(repetition, stage) {
  const { mailbox, session } = stage;
  const struckAt = performance.now();
  for (let n = 0; n < repetition.times; n += 1) {
    await strike(repetition, stage);
    await wait(STEADY_MS, null, { signal: stage.signal });
  }
  const { suspect } = lastOf(session, 'crash.reported');
  if (suspect === undefined) throw new Error('no route is suspected');
  const digest = await waitFor(mailbox, 'mail', {
    find: () => mailbox.mails.find(({ subject }) => subject.includes(' more of the same ')),
    what: 'digest of the crashes',
    signal: stage.signal,
    withinMs: 2 * DIGEST_SECONDS * 1000,
  });
  tellRepetition(repetition, { suspect, digest, load: stage.load, struckAt });
}

async function close({ session, mailbox, load }) {
  session.removeAllListeners('exit');
  const code = await session.stop();
  await mailbox.close();
  tellSummary({ session, mailbox, load, code });
  if (code !== 0) throw new Error(`vigil run ended with ${code}, expected 0`);
  return 0;
}

async function giveUp({ session, mailbox, load }, error) {
  if (error instanceof Interruption || error.cause instanceof Interruption) {
    print.plain('\ninterrupted: ending what was started');
  } else {
    print.failure(error.message);
    if (session.lastOutput !== '')
      print.plain(`the last lines of vigil run:\n${session.lastOutput}`);
  }
  load.abort();
  session.removeAllListeners('exit');
  await Promise.all([session.stop(), mailbox.close()]);
  return (error.cause ?? error).exitCode ?? 1;
}

function findEvent({ session, signal }, type, accepts, what) {
  const find = () => session.events.find((event) => event.type === type && accepts(event));
  return waitFor(session, 'event', { find, what, signal });
}

function lastOf(session, type) {
  return session.events.findLast((event) => event.type === type);
}
