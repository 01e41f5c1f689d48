import { once } from 'node:events';
import { Mailbox } from '../../scripts/demo/mailbox.mjs';
import { askTimes } from '../support/await-server.mjs';
import { readMemory } from '../support/process-facts.mjs';
import { Running } from '../support/running.mjs';
import { pairRounds, summarize } from '../support/statistics.mjs';
import { takeTurns } from '../support/take-turns.mjs';
import { bare, plainCluster, vigilLaunch, vigilRun, vigilRunWatched } from './contenders.mjs';

const MB = 1e6;
// Enough for the first collections of garbage, which a server that works has had anyway; not so many that chance
// decides who has been given a larger heap.
const REQUESTS = 500;
const MAIL_WITHIN_MS = 20_000;

/** Memory of the supervisor and of the server's process, after a mail has been sent and all is quiet. */
export async function measureMemory({ workplace, rounds, quietMs, others, say }) {
  const mailbox = new Mailbox();
  await mailbox.open();
  try {
    const mail = { to: ['a@b.example'], from: 'c@d.example', transport: mailbox.address };
    const contenders = [bare, plainCluster, vigilRun, vigilLaunch, vigilRunWatched, ...others];
    const sizes = await takeTurns(contenders, rounds, (contender) => {
      const usesMail = contender !== bare && contender !== plainCluster;
      const { watched = false } = contender;
      const place = { workplace, mail: usesMail ? mail : null, watched };
      return Running.use(contender, place, async (running) => {
        const size = await measureOne(running, usesMail ? mailbox : null, quietMs);
        say();
        return size;
      });
    });
    return createFigure(sizes);
  } finally {
    await mailbox.close();
  }
}

async function measureOne(running, mailbox, quietMs) {
  const mailed = mailbox && once(mailbox, 'mail', { signal: AbortSignal.timeout(MAIL_WITHIN_MS) });
  const { pid } = await running.awaitServer();
  await askTimes(running.port, REQUESTS);
  await mailed;
  await new Promise((resolve) => setTimeout(resolve, quietMs));
  const { supervisorPid } = running;
  return {
    supervisor: supervisorPid === pid ? null : readMemory(supervisorPid),
    server: readMemory(pid),
  };
}

function createFigure(sizes) {
  const supervisors = mapValues(sizes, (size) => size.supervisor?.pss ?? null);
  const serversPss = mapValues(sizes, (size) => size.server.pss);
  const serversRss = mapValues(sizes, (size) => size.server.rss);
  const supervisorMore = subtract(supervisors, plainCluster.name);
  const pssMore = subtract(serversPss, bare.name);
  const rssMore = subtract(serversRss, bare.name);
  const goals = [vigilRun.name, vigilLaunch.name].flatMap((name) => [
    createGoal(`Supervisor's PSS above the plain primary's: ${name}`, supervisorMore.get(name), 15),
    createGoal(`Server's PSS above bare node's: ${name}`, pssMore.get(name), 5),
    createGoal(`Server's RSS above bare node's: ${name}`, rssMore.get(name), 5),
  ]);
  const watched = pairRounds(
    serversRss.get(vigilRunWatched.name),
    serversRss.get(vigilRun.name),
    (one, other) => one - other,
  );
  goals.push(
    createGoal("Server's RSS with watchdog and flight recorder above without", watched, 12),
  );
  return {
    title: 'Memory',
    about: `Megabytes after ${REQUESTS.toLocaleString('en')} requests and a mail that was really sent, when nothing happens any more. Watchdog thread and flight recorder are off but in the row that says so. PSS divides pages that several processes share.`,
    head: [
      '',
      'supervisor PSS',
      'above the plain primary',
      'server PSS',
      'above bare',
      'server RSS',
      'above bare',
    ],
    rows: [...sizes.keys()].map((name) => [
      name,
      ...[supervisors, supervisorMore, serversPss, pssMore, serversRss, rssMore].map((values) =>
        show(values.get(name)),
      ),
    ]),
    goals,
  };
}

function mapValues(map, change) {
  return new Map([...map].map(([name, values]) => [name, values.map(change)]));
}

/** What each has more than the one it is compared with, in the same round. */
function subtract(values, base) {
  const others = values.get(base);
  return new Map(
    [...values].map(([name, own]) => [name, pairRounds(own, others, (one, other) => one - other)]),
  );
}

function createGoal(what, bytes, atMost) {
  return { what, measured: summarize(bytes).median / MB, atMost, unit: 'MB' };
}

function show(bytes) {
  const { median, low, high, count } = summarize(bytes);
  if (count === 0) return '–';
  return `${inMegabytes(median)} (${inMegabytes(low)}–${inMegabytes(high)})`;
}

function inMegabytes(bytes) {
  return (bytes / MB).toFixed(1);
}
