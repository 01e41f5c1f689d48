import { readdirSync, readFileSync } from 'node:fs';

/**
 * Memory of a process in bytes: what it keeps resident, its share of that when shared pages are divided, and what it
 * has for itself, which the end of another process does not change.
 */
export function readMemory(pid) {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const read = (key) => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)[1]) * 1024;
  const own = read('Private_Clean') + read('Private_Dirty');
  return { pss: read('Pss'), rss: read('Rss'), own };
}

/** Processor time that processes have used so far, milliseconds: all threads that are still there. */
export function readProcessorMs(pids) {
  return pids.flatMap(readThreads).reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e6;
}

function readThreads(pid) {
  const directory = `/proc/${pid}/task`;
  try {
    return readdirSync(directory).map((thread) =>
      Number(readFileSync(`${directory}/${thread}/schedstat`, 'latin1').split(' ')[0]),
    );
  } catch {
    return [];
  }
}

/** The processes that were started, by whomever, with this variable in their environment. */
export function findMarked(variable) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && readEnvironment(pid).includes(`${variable}\0`));
}

/** Empty when the process ended meanwhile or belongs to somebody else. */
function readEnvironment(pid) {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}
