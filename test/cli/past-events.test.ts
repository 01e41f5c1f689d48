import { readPastEvents } from '../../lib/cli/past-events.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const EVENT = { type: 'worker.forked', at: '2026-01-02T03:04:05.678Z', seq: 1 };

describe('readPastEvents', () => {
  it('leaves out and counts what is no event', async () => {
    const lines = ['{"torn', 'null', '[]', '7', '{"type":"x"}', '', JSON.stringify(EVENT), '{"ty'];
    const directory = await makeTempDirectory({ 'events.jsonl': lines.join('\n') });
    expect(readPastEvents(directory, 50)).toEqual({ events: [EVENT], unreadable: 6 });
  });

  it('is empty for a session that was never run', () => {
    expect(readPastEvents('/nowhere/at/all', 50)).toEqual({ events: [], unreadable: 0 });
  });
});
