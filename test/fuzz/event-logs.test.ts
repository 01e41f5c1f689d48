import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPastEvents } from '../../lib/cli/past-events.ts';
import { LineCutter } from '../../lib/util/line-cutter.ts';
import { makeDirectory, removeDirectories } from '../session/options-directory.ts';
import { fuzzParser } from './fuzz-parser.ts';

const directory = makeDirectory();

afterAll(removeDirectories);

describe('an event log', () => {
  fuzzParser({
    name: 'event-logs',
    words: ['{"type":"a","at":"b","seq":1}', '\n', '\r\n', '{', '}', '"', '[', 'null', '\u0000'],
    runs: 250,
    read: (bytes) => {
      writeFileSync(join(directory, 'events.jsonl'), bytes);
      const lines = bytes
        .toString()
        .split('\n')
        .filter((line) => line !== '');
      const all = readPastEvents(directory, 1000);
      expect(all.events.length + all.unreadable).toBeLessThanOrEqual(lines.length);
      // Every line that is an event is told, whatever stands around it.
      const whole = lines.filter(isEvent);
      if (lines.length <= 1000) expect(all.events).toHaveLength(whole.length);
      expect(readPastEvents(directory, 2).events).toEqual(all.events.slice(-2));
      expectCut(bytes);
    },
  });
});

function isEvent(line: string): boolean {
  try {
    const { type, at, seq } = JSON.parse(line) as Record<string, unknown>;
    return typeof type === 'string' && typeof at === 'string' && typeof seq === 'number';
  } catch {
    return false;
  }
}

function expectCut(bytes: Buffer): void {
  const cutter = new LineCutter();
  const third = Math.floor(bytes.length / 3);
  const cut = [
    ...cutter.push(bytes.subarray(0, third)),
    ...cutter.push(bytes.subarray(third)),
    ...cutter.end(),
  ];
  for (const { text } of cut) expect(text).not.toContain('\n');
}
