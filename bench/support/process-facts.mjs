import { readdirSync, readFileSync } from 'node:fs';

/** Memory of a process in bytes: what it keeps resident, and its share of that when shared pages are divided. */
export function readMemory(pid) {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const read = (key) => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)[1]) * 1024;
  return { pss: read('Pss'), rss: read('Rss') };
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
