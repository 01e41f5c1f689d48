import { readPastEvents } from '../../lib/cli/past-events.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const EVENT = { type: 'worker.forked', at: '2026-01-02T03:04:05.678Z', seq: 1 };

describe('readPastEvents', () => {
  it('leaves out and counts what is no event', async () => {
    const lines = ['{"torn', 'null', '[]', '7', '{"type":"x"}', '', JSON.stringify(EVENT), '{"ty'];
    const directory = await makeTempDirectory({ 'events.jsonl': lines.join('\n') });
    expect(readPastEvents(directory, 50)).toEqual({ events: [EVENT], unreadable: 6 });
  });

  it('gives as many events as are wanted, past lines that are none and into older files', async () => {
    const lines = (from: number, count: number): string =>
      Array.from(
        { length: count },
        (_, n) => `${JSON.stringify({ ...EVENT, seq: from + n })}\n`,
      ).join('');
    const directory = await makeTempDirectory({
      'events.jsonl': `torn\n${lines(6, 2)}${'torn\n'.repeat(3)}`,
      'events.jsonl.1': lines(4, 2),
      'events.jsonl.3': `torn\n${lines(1, 3)}`,
    });
    const { events, unreadable } = readPastEvents(directory, 5);
    expect(events.map(({ seq }) => seq)).toEqual([3, 4, 5, 6, 7]);
    expect(unreadable).toBe(4);
    expect(readPastEvents(directory, 100)).toMatchObject({ unreadable: 5 });
  });

  it('is empty for a session that was never run', () => {
    expect(readPastEvents('/nowhere/at/all', 50)).toEqual({ events: [], unreadable: 0 });
  });
});
