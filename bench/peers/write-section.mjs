import { writeGoals, writeTable } from '../support/page.mjs';
import { bare } from './contenders.mjs';
import { listGoals } from './list-goals.mjs';
import { SILENCE_SECONDS } from './measure-peers.mjs';
import { VERSIONS } from './peer-packages.mjs';
import { IN_FLIGHT, TAKES_MS } from './scenarios/stop.mjs';
import {
  format,
  writeDeaths,
  writeOverview,
  writeRates,
  writeReloads,
  writeStarts,
  writeStops,
} from './tables.mjs';

const HEADING = '## Beside other supervisors';

/** The section of the page that sets the supervisors side by side, as Markdown. */
export function writeSection({ machine, version, command, load, result }) {
  const { contenders, missing, found } = result;
  const versions = Object.entries(VERSIONS).map(([name, number]) => `${name} ${number}`);
  return `${[
    HEADING,
    `Made by \`${command}\`; not edited by hand. All contenders run side by side on one machine and have their turn one after the other, round by round; ratios are taken within a round. Medians, with the quartiles in parentheses; absolute times compare with each other only. The server is the same for all, ends on SIGTERM or SIGINT as soon as it has closed, and one process of it runs.`,
    writeTable(
      ['', ''],
      [
        ['versions', [`Vigil ${version}`, `Node ${machine.node}`, ...versions].join(', ')],
        ['machine', machine.machine],
        ['date', machine.date],
        ['load before and after', load.join(' and ')],
      ],
    ),
    ...missing.map(({ name }) => `Left out: ${name}, which this version does not have yet.`),
    '### At a glance',
    writeOverview(result),
    ...writeGoals(listGoals(result)),
    ...Object.keys(found).flatMap((name) => DETAILS[name](result)),
    '### How each was started, reloaded and stopped',
    writeTable(
      ['', ''],
      contenders.map(({ name, how }) => [name, how]),
    ),
  ].join('\n\n')}\n`;
}

const DETAILS = {
  crash: ({ contenders, found, extent }) => [
    '### Crash',
    `The server throws while it answers a request, under ${perSecond(extent.death)} new connections a second. *Serving again*: from that request to the first answer of another process, waited for ${seconds(extent.death)} s; who has not come back twice is not asked again. *Refused*, *reset* (a request that the dead process had accepted dies with it), *5xx*, *late* (no answer) and *other* are the requests that were not answered well. *Longest wait* is that of an answered one.`,
    writeDeaths(found.crash, contenders),
  ],
  kill: ({ contenders, found }) => [
    '### SIGKILL',
    'The same when the server process is killed from outside; *ratio* is to the plain cluster.',
    writeDeaths(found.kill, contenders, { withRatio: true }),
  ],
  hang: ({ contenders, found, extent }) => [
    '### Hang',
    `The server enters a loop without end, under ${perSecond(extent.hang)} new connections a second; waited for ${seconds(extent.hang)} s. Vigil was configured with \`heartbeat.silenceSeconds: ${SILENCE_SECONDS}\` (10 unless configured); for the others nothing of the kind can be configured. Who has not noticed once is not asked again.`,
    writeDeaths(found.hang, contenders),
  ],
  reload: ({ contenders, found, extent }) => [
    '### Reload',
    `The server is replaced under requests on 20 kept connections. *Replaced*: from the operator's command or signal until another process has answered and the old one is gone, waited for ${seconds(extent.reload)} s.`,
    writeReloads(found.reload, contenders),
  ],
  stop: ({ contenders, found }) => [
    '### Stop',
    `${IN_FLIGHT} requests that take ${TAKES_MS / 1000} s are in flight when all is told to stop.`,
    writeStops(found.stop, contenders),
  ],
  start: ({ contenders, found }) => [
    '### Start',
    `From the command line to the first answer; *ratio* is to ${bare.name}.`,
    writeStarts(found.start, contenders),
  ],
  rates: ({ contenders, found }) => [
    '### Throughput',
    `Requests a second: 20 connections, one request under way on each, kept open or opened for each request; *µs a request* is the processor time of all processes of a contender for one request on a kept connection, which depends less on what else the machine does; *ratio* is to ${bare.name}.`,
    writeRates(found.rates, contenders),
  ],
};

function perSecond({ everyMs }) {
  return format(1000 / everyMs);
}

function seconds({ neverAfterMs }) {
  return neverAfterMs / 1000;
}
