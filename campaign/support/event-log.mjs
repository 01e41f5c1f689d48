import { existsSync, readFileSync } from 'node:fs';

/** The events in a log; what was damaged on purpose, or is being written, says nothing. */
export function readEventLog(file) {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8').split('\n').flatMap(parseLine);
}

function parseLine(line) {
  try {
    const event = JSON.parse(line);
    return typeof event?.type === 'string' ? [event] : [];
  } catch {
    return [];
  }
}
