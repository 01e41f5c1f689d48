import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EventJournal } from '../../lib/session/event-journal.ts';
import { systemClock } from '../../lib/util/clock.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

type Body = { readonly type: 'kept'; readonly text: string } | { readonly type: 'many' };

describe('a journal of events', () => {
  it('stamps and numbers what is told, and writes down what is kept', async () => {
    const stateDirectory = await makeTempDirectory();
    const warnings: string[] = [];
    const journal = new EventJournal<Body>({
      ...{ clock: systemClock, stateDirectory, warn: (text: string) => warnings.push(text) },
      notKept: new Set(['many']),
    });
    const heard: unknown[] = [];
    journal.stream.subscribe((event) => heard.push([event.seq, event.type]));
    journal.tell({ type: 'kept', text: 'a' });
    journal.tell({ type: 'many' });
    journal.tell({ type: 'kept', text: 'b' });
    await journal.close();
    expect(heard).toEqual([
      [1, 'kept'],
      [2, 'many'],
      [3, 'kept'],
    ]);
    const lines = (await readFile(join(stateDirectory, 'events.jsonl'), 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { type: 'kept', at: expect.any(String), seq: 1, text: 'a' },
      { type: 'kept', at: expect.any(String), seq: 3, text: 'b' },
    ]);
    expect(warnings).toEqual([]);
  });

  it('says that a listener has failed, and that it cannot be written, and goes on', async () => {
    const directory = await makeTempDirectory({ taken: 'a file, where a folder should be' });
    const warnings: string[] = [];
    const journal = new EventJournal<Body>({
      ...{ clock: systemClock, stateDirectory: join(directory, 'taken') },
      warn: (text) => warnings.push(text),
    });
    journal.stream.subscribe(() => {
      throw new Error('the listener broke');
    });
    const heard: string[] = [];
    journal.stream.subscribe(({ type }) => heard.push(type));
    journal.tell({ type: 'many' });
    await journal.close();
    expect(heard).toEqual(['many']);
    expect(warnings).toEqual([
      'a listener of events failed: the listener broke',
      expect.stringMatching(/^the event log cannot be written, it is tried again: E/),
    ]);
  });
});
