import { readMemory } from '../support/process-facts.mjs';
import { pause } from '../support/pause.mjs';
import { summarize } from '../support/statistics.mjs';
import { takeTurns } from '../support/take-turns.mjs';
import { createTimedFigure } from '../session/timed.mjs';
import { FleetDirectory } from './fleet-directory.mjs';

const SERVERS = 20;
const LOOP = 'shell loop, the same processes at a master that runs';
const LONE_LOOP = 'shell loop, the same processes without a master';
const BARE = 'shell loop, bare node with an HTTP server';
const FLEET = '`vigil fleet start`';
const ORDERED = '`vigil fleet start -t web`, at a master that runs';
const SIZES = [10, 50, 200];
const FEWEST = SIZES[0];
const MOST = SIZES.at(-1);
const LISTS = 11;
const MOST_START_ROUNDS = 11;
const MB = 1e6;

/** From the command until every server of a fleet runs. */
export async function measureFleetStart({ workplace, rounds, say }) {
  const contenders = [
    { name: LOOP, script: ({ loop }) => loop, hasMaster: true },
    { name: FLEET, script: ({ command }) => command },
    { name: ORDERED, script: ({ typeCommand }) => typeCommand, hasMaster: true },
    { name: LONE_LOOP, script: ({ loneLoop }) => loneLoop },
    { name: BARE, script: ({ bareLoop }) => bareLoop },
  ];
  const times = await takeTurns(
    contenders,
    Math.min(rounds, MOST_START_ROUNDS),
    ({ script, hasMaster }) =>
      FleetDirectory.use({ workplace, servers: SERVERS }, async (directory) => {
        if (hasMaster) await directory.startMaster();
        const took = await directory.timeShell(script(directory));
        say();
        return took;
      }),
  );
  return createTimedFigure({
    title: `Start of ${SERVERS} servers of a fleet`,
    about: `From the command until all ${SERVERS} have said that they run, outside \`development\`. A server of a fleet runs when its components have started and the master has taken it; so it does in the first loop, whose master was started before and is not in its time. For \`vigil fleet start\` the start of the command and of the master are. The processes of the other loops have no master: each runs when its components have started, or when it listens.`,
    times,
    limits: { [FLEET]: 1.2, [ORDERED]: 1.2 },
    base: LOOP,
  });
}

/** What grows with the number of servers: the time of `list`, and the memory of the master. */
export async function measureFleetSizes({ workplace, rounds, quick, quietMs, say }) {
  const contenders = SIZES.map((servers) => ({ name: servers }));
  const found = await takeTurns(contenders, quick ? 1 : Math.min(rounds, 3), ({ name: servers }) =>
    FleetDirectory.use({ workplace, servers }, async (directory) => {
      const size = await measureSize(directory, quietMs);
      say();
      return size;
    }),
  );
  const perServer = found.get(MOST).map(({ memory }, round) => {
    return (memory.pss - found.get(FEWEST)[round].memory.pss) / (MOST - FEWEST);
  });
  return {
    title: 'A fleet by its number of servers',
    about: `\`vigil fleet list --json\` from its start to its end, ${LISTS} times in a fleet at rest, with the start of Node and the question to every server. Memory of the master after that; per server it is what the master of ${MOST} has more than that of ${FEWEST}.`,
    head: ['servers', 'list, ms', 'quartiles', "master's PSS, MB", 'quartiles', "master's RSS, MB"],
    rows: [...found].map(([servers, sizes]) => {
      const pss = summarize(sizes.map(({ memory }) => memory.pss / MB));
      return [
        String(servers),
        ...show(summarize(sizes.flatMap(({ lists }) => lists)), 0),
        ...show(pss, 1),
        summarize(sizes.map(({ memory }) => memory.rss / MB)).median.toFixed(1),
      ];
    }),
    goals: [
      {
        what: `\`vigil fleet list\` over ${MOST} servers, on an idle machine`,
        measured: summarize(found.get(MOST).flatMap(({ lists }) => lists)).median,
        atMost: 300,
        unit: 'ms',
      },
      {
        what: "Master's memory for each server",
        measured: summarize(perServer).median / MB,
        atMost: 1,
        unit: 'MB',
      },
    ],
  };
}

async function measureSize(directory, quietMs) {
  await directory.start();
  const master = await directory.findMaster();
  await pause(quietMs);
  const lists = [];
  for (let count = 0; count < LISTS; count += 1)
    lists.push((await directory.timeVigil('list', '--json')).took);
  await pause(quietMs);
  return { lists, memory: readMemory(master) };
}

function show({ median, low, high }, digits) {
  return [median.toFixed(digits), `${low.toFixed(digits)}–${high.toFixed(digits)}`];
}
