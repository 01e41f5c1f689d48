import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findFreePort } from '../support/free-port.mjs';
import { PROGRAMS } from './spawners.mjs';

const CYCLES = 500;
const QUICK_CYCLES = 40;
// Until the spawner remembers as many events as it ever does.
const WARM_UP = 260;
const MB = 1e6;

/** What servers that have come and gone leave behind in the spawner. */
export async function measureCycles({ workplace, quick, say }) {
  const { cycles, before, after } = await run(
    workplace,
    quick ? [QUICK_CYCLES, QUICK_CYCLES] : [CYCLES, WARM_UP],
  );
  say();
  const more = (key) => after[key] - before[key];
  return {
    title: 'Servers that come and go',
    about: `What a spawner holds after ${cycles} servers that were asked for, said that they are ready, said goodbye and ended, beside what it held before; after garbage collection, and once ended servers are not shown any more. What the heap grows by while the objects do not is code that was compiled meanwhile.`,
    head: [
      '',
      'objects',
      'heap in use, MB',
      'open files',
      'timers',
      'servers it knows of',
      'ports in use',
    ],
    rows: [
      ['before', before],
      ['after', after],
    ].map(([name, seen]) => [
      name,
      String(seen.objects),
      (seen.heapBytes / MB).toFixed(2),
      ...[seen.descriptors, seen.timers, seen.known, seen.usedSpawnPorts].map(String),
    ]),
    goals: [
      {
        what: `Objects after ${cycles} servers above before`,
        measured: more('objects'),
        atMost: 250,
        unit: '',
      },
      {
        what: `Heap after ${cycles} servers above before`,
        measured: more('heapBytes') / MB,
        atMost: 1,
        unit: 'MB',
      },
      {
        what: `Open files after ${cycles} servers above before`,
        measured: more('descriptors'),
        atMost: 0,
        unit: '',
      },
      {
        what: `Timers after ${cycles} servers above before`,
        measured: more('timers'),
        atMost: 0,
        unit: '',
      },
      {
        what: `Ports in use after ${cycles} servers`,
        measured: after.usedSpawnPorts,
        atMost: 0,
        unit: '',
      },
    ],
  };
}

async function run(workplace, counts) {
  const args = [
    '--expose-gc',
    '--disable-warning=ExperimentalWarning',
    'cycles.cjs',
    String(await findFreePort()),
    ...counts.map(String),
  ];
  const { name, value } = workplace.mark;
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: workplace.createProject(PROGRAMS),
    env: { ...process.env, [name]: value },
  });
  return JSON.parse(stdout);
}
