import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HistoryFile } from '../../lib/console/history-file.ts';
import { VigilError } from '../../lib/errors.ts';
import { composeCrashMail } from '../../lib/notify/crash-mail.ts';
import { renderMail } from '../../lib/notify/mail-document.ts';
import { Spool } from '../../lib/notify/spool.ts';
import type { CrashReport } from '../../lib/report/crash-report.ts';
import { CrashStore } from '../../lib/report/crash-store.ts';
import { scrubDiagnosticReport } from '../../lib/report/diagnostic-report.ts';
import { FlightRing } from '../../lib/session/monitor/flight-ring.ts';
import { clearDiagnostics } from '../../lib/session/monitor/kept-diagnostics.ts';
import { readHangNote } from '../../lib/session/monitor/read-hang-note.ts';
import { systemClock } from '../../lib/util/clock.ts';
import { writeFileWhole } from '../../lib/util/durable-file.ts';
import { makeDirectory, removeDirectories } from '../session/options-directory.ts';
import { fuzzParser } from './fuzz-parser.ts';

const directory = makeDirectory();
const inDirectory = (name: string): string => join(directory, name);

afterAll(removeDirectories);

const WORDS = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  'null',
  '"cause":',
  '"error":',
  '{"a":',
  '[[',
  '1e999',
  '"id":',
];

describe('a crash report on disk', () => {
  const sound = { id: 'sound', at: '2026-01-01T00:00:00.000Z' };

  fuzzParser({
    name: 'crash-reports',
    words: WORDS,
    runs: 300,
    read: async (bytes) => {
      const store = new CrashStore({ directory: inDirectory('crashes') });
      mkdirSync(inDirectory('crashes'), { recursive: true });
      writeFileSync(inDirectory('crashes/given.json'), bytes);
      writeFileSync(inDirectory('crashes/occurrences'), bytes);
      const { reports, skipped } = await store.list();
      expect(reports.length + skipped.length).toBe(1);
      const report = await showOrNull(store);
      expect(report === null).toBe(skipped.length === 1);
      if (report !== null) {
        const { text } = renderMail(composeCrashMail(report, { name: 'shop', host: 'here' }));
        expect(text).toContain('shop');
        // What is read can be counted on.
        const { error } = await store.add({ ...report, ...sound });
        expect(error).toBeNull();
        rmSync(inDirectory('crashes/sound.json'), { force: true });
      }
    },
  });

  async function showOrNull(store: CrashStore): Promise<CrashReport | null> {
    try {
      return await store.show('given');
    } catch (error) {
      if (!(error instanceof VigilError)) throw error;
      expect(error.code).toBe('ERR_REPORT_STORE');
      return null;
    }
  }
});

describe('a message in the spool', () => {
  const parse = (value: Readonly<Record<string, unknown>>) =>
    typeof value['subject'] === 'string' ? { subject: value['subject'] } : null;

  fuzzParser({
    name: 'spooled-messages',
    words: WORDS,
    runs: 200,
    read: async (bytes) => {
      const spool = new Spool<never>({
        directory: inDirectory('spool'),
        name: 'mail',
        errorCode: 'ERR_MAIL_SPOOL',
        parse: parse as never,
      });
      mkdirSync(inDirectory('spool'), { recursive: true });
      writeFileSync(inDirectory('spool/given.json'), bytes);
      const whole = { id: 'whole', messageId: 'm', kind: 'crash', at: '2026-01-01T00:00:00Z' };
      await writeFileWhole(
        inDirectory('spool/whole.json'),
        JSON.stringify({ version: 1, subject: 's', ...whole }),
      );
      const { messages, unreadable } = await spool.open();
      expect(messages).toContainEqual({ ...whole, subject: 's' });
      // What is none is put aside, not lost, and is not in the way a second time.
      expect(messages.length + unreadable.length).toBe(2);
      expect((await spool.open()).unreadable).toEqual([]);
      rmSync(inDirectory('spool/given.json'), { force: true });
    },
  });
});

it('a named pipe in the place of a file holds nobody up', async () => {
  for (const folder of ['piped', 'piped/crashes', 'piped/spool']) mkdirSync(inDirectory(folder));
  const name = 'report.20260101.000000.2147483646.0.001.json';
  for (const file of ['crashes/a.json', 'spool/a.json', 'note', name, 'ring'])
    execFileSync('mkfifo', [inDirectory(`piped/${file}`)]);
  const crashDirectory = inDirectory('piped/crashes');
  expect((await new CrashStore({ directory: crashDirectory }).list()).skipped).toHaveLength(1);
  const spool = new Spool<never>({
    directory: inDirectory('piped/spool'),
    name: 'mail',
    errorCode: 'ERR_MAIL_SPOOL',
    parse: () => null,
  });
  expect((await spool.open()).unreadable).toEqual(['a.json']);
  expect(readHangNote(inDirectory('piped/note'))).toBeNull();
  const stateDirectory = inDirectory('piped');
  expect(new FlightRing(stateDirectory, 'ring', systemClock).read().moreRequests).toBe(0);
  const places = { stateDirectory, crashDirectory, mask: String };
  await clearDiagnostics(places, () => false);
  expect(existsSync(inDirectory(`piped/${name}`))).toBe(false);
});

describe('what else is found in a state directory', () => {
  fuzzParser({
    name: 'state-files',
    words: [...WORDS, '"header":{},', '"workers":[', '"environmentVariables":{"A":"secret"}', '\n'],
    runs: 500,
    read: async (bytes) => {
      const file = inDirectory('given');
      writeFileSync(file, bytes);
      const note = readHangNote(file);
      if (note !== null) expect(typeof note.why).toBe('string');
      const { lines } = await HistoryFile.open(file);
      expect(lines.length).toBeLessThanOrEqual(500);
      const clean = scrubDiagnosticReport(bytes.toString(), (text) => text);
      if (clean !== null) {
        expect(clean.evidence.length).toBeLessThan(10);
        const { environmentVariables } = JSON.parse(clean.text) as Record<string, object>;
        expect(
          Object.values(environmentVariables ?? {}).every((v) => v === '[value not kept]'),
        ).toBe(true);
      }
    },
  });
});
