import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HangEvidence } from '../../lib/session/monitor/hang-evidence.ts';
import type { HangNote } from '../../lib/session/hang-note.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const SILENCE_MS = 10_000;
// Of a process that there is not, the kernel says nothing.
const PID = 2 ** 30;

interface Scene {
  readonly evidence: HangEvidence;
  readonly clock: ManualClock;
  readonly directory: string;
  readonly noteFile: string;
  readonly warnings: string[];
  readonly write: (note: Partial<HangNote>) => void;
}

async function stage(options: { pid?: number; watchdog?: boolean } = {}): Promise<Scene> {
  const { pid = PID, watchdog = true } = options;
  const directory = await makeTempDirectory();
  const noteFile = join(directory, 'hang-note.1.1.json');
  const clock = new ManualClock();
  const warnings: string[] = [];
  const evidence = new HangEvidence({
    clock,
    noteFile,
    pid: () => pid,
    watchdog,
    silenceMs: () => SILENCE_MS,
    projectDirectory: () => directory,
    warn: (text) => warnings.push(text),
  });
  const write = (note: Partial<HangNote>): void => {
    const whole: HangNote = {
      pid,
      at: clock.now(),
      stuckMs: 5000,
      finding: 'stack',
      stack: null,
      why: '',
      ...note,
    };
    writeFileSync(noteFile, JSON.stringify(whole));
  };
  return { evidence, clock, directory, noteFile, warnings, write };
}

function stackIn(directory: string): string {
  return `    at busy (${directory}/src/app.js:12:5)\n    at listOnTimeout (node:internal/timers:1:1)`;
}

describe('HangEvidence', () => {
  it('names the innermost call in the project', async () => {
    const { evidence, directory, write } = await stage();
    write({ stack: stackIn(directory) });
    expect(evidence.isDebugged()).toBe(false);
    expect(evidence.tell()).toEqual({
      stack: stackIn(directory),
      note: '',
      place: 'busy (src/app.js:12)',
    });
    expect(evidence.facts()).toEqual(['the event loop was stuck in busy (src/app.js:12)']);
    expect(evidence.rawStack).toBe(stackIn(directory));
  });

  it('applies source maps', async () => {
    const { evidence, directory, write } = await stage();
    const map = {
      version: 3,
      sources: ['app.ts'],
      names: [],
      // Line 1, column 0 of what runs is line 8, column 2 of the source.
      mappings: 'AAOE',
    };
    writeFileSync(join(directory, 'app.js'), 'busy();\n//# sourceMappingURL=app.js.map');
    writeFileSync(join(directory, 'app.js.map'), JSON.stringify(map));
    write({ stack: `    at busy (${directory}/app.js:1:1)` });
    expect(evidence.tell()).toMatchObject({
      stack: `    at busy (${directory}/app.ts:8:3)`,
      place: 'busy (app.ts:8)',
    });
  });

  it('of a stack without a call in the project says so', async () => {
    const { evidence, write } = await stage();
    write({ stack: '    at f (node:internal/timers:1:1)' });
    expect(evidence.tell()).toMatchObject({ place: null, note: '' });
    expect(evidence.facts()).toEqual(['the event loop was stuck in code outside the project']);
  });

  it.each([
    [{ finding: 'native' }, 'no JavaScript frame could be taken: the loop is inside native code'],
    [{ finding: 'unavailable', why: 'it is off' }, 'no JavaScript frame could be taken: it is off'],
    [{ pid: 7 }, 'no stack was taken: the watchdog thread has said nothing'],
    [{ at: -SILENCE_MS - 1 }, 'no stack was taken: the watchdog thread has said nothing'],
    [
      { finding: 'nonsense' as 'native' },
      'no stack was taken: the watchdog thread has said nothing',
    ],
    [{ stack: 7 as never }, 'no stack was taken: the watchdog thread has said nothing'],
  ] satisfies [Partial<HangNote>, string][])('with the note %j tells: %s', async (note, told) => {
    const { evidence, write } = await stage();
    write(note);
    expect(evidence.isDebugged()).toBe(false);
    expect(evidence.tell()).toEqual({ stack: null, note: told, place: null });
    expect(evidence.facts()).toEqual([told]);
  });

  it('without a watchdog says that it is off', async () => {
    const { evidence } = await stage({ watchdog: false });
    evidence.isDebugged();
    expect(evidence.tell().note).toBe('no stack was taken: the watchdog is off');
  });

  it('has nothing to say of a process that was neither silent nor stuck', async () => {
    const { evidence } = await stage();
    expect(evidence.facts()).toEqual([]);
    expect(evidence.rawStack).toBeNull();
  });

  it('tells of a process that died of something else while its loop was stuck', async () => {
    const { evidence, directory, write } = await stage();
    write({ stack: stackIn(directory) });
    expect(evidence.facts()).toEqual(['the event loop was stuck in busy (src/app.js:12)']);
  });

  it('takes a process that a person has paused for debugged, and says so once', async () => {
    const { evidence, warnings, write } = await stage();
    write({ finding: 'debugger' });
    expect(evidence.isDebugged()).toBe(true);
    expect(evidence.isDebugged()).toBe(true);
    expect(warnings).toEqual([expect.stringMatching(/^the server process .* held in a debugger/)]);
  });

  it('no longer does once the note is old', async () => {
    const { evidence, clock, write } = await stage();
    write({ finding: 'debugger' });
    clock.advance(SILENCE_MS + 1);
    expect(evidence.isDebugged()).toBe(false);
  });

  it('leaves nothing behind', async () => {
    const { evidence, noteFile, write } = await stage();
    write({});
    evidence.close();
    expect(existsSync(noteFile)).toBe(false);
  });
});
