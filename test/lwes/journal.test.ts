import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { VigilError } from '../../lib/errors.ts';
import { readLwesJournal } from '../../lib/lwes/journal-reader.ts';
import { type LwesJournalRecord, writeJournalRecord } from '../../lib/lwes/journal-record.ts';
import { replayLwesJournal } from '../../lib/lwes/journal-replay.ts';
import { LwesJournalWriter } from '../../lib/lwes/journal-writer.ts';
import type { LwesSink } from '../../lib/lwes/lwes-emitter.ts';
import { ManualClock } from '../../lib/util/manual-clock.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { mountSmallDisk, onFullDisk } from '../support/small-disk.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';

afterEach(async () => {
  await assertNoLeaks();
});

const START = 1_439_588_532_973;
const HEADER_BYTES = 22;

const record = (n: number, bytes = Buffer.from(`0154000101760300${hex(n, 6)}`, 'hex')) => ({
  bytes,
  receivedAtMs: START + n * 100,
  senderIP: '192.168.1.2',
  senderPort: 58_206,
  siteId: 0,
});

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

const records = (count: number): LwesJournalRecord[] =>
  Array.from({ length: count }, (_, n) => record(n));

/** What a journal holds, and what is said at its end. */
async function read(path: string): Promise<{ held: LwesJournalRecord[]; failure?: VigilError }> {
  const held: LwesJournalRecord[] = [];
  try {
    for await (const one of readLwesJournal(path)) held.push(one);
    return { held };
  } catch (error) {
    return { held, failure: error as VigilError };
  }
}

const asideIn = (directory: string): string[] =>
  readdirSync(directory).filter((name) => /\.\d{8}T\d{9}Z/.test(name));

describe('a record of a journal', () => {
  it('has the header of the C library', () => {
    const written = writeJournalRecord({ ...record(1), siteId: 7 });
    expect(written.toString('hex')).toBe(
      '000b' +
        '0000014f2e29c351' +
        '0201a8c0' +
        'e35e' +
        '0007' +
        '00000000' +
        '0154000101760300000001',
    );
  });
});

describe('LwesJournalWriter', () => {
  it.each(['events.log', 'events.log.gz'])('keeps in %s what is read again', async (name) => {
    const path = join(await makeTempDirectory(), name);
    const writer = await LwesJournalWriter.open({ path });
    for (const one of records(3000)) expect(writer.write(one)).toBe(true);
    await writer.flush();
    expect(writer.stats).toEqual({ written: 3000, lost: 0, rotations: 0 });
    writer.write(record(3000));
    await writer.close();
    expect(await read(path)).toEqual({ held: records(3001) });
    expect(writer.write(record(1))).toBe(false);
    expect(writer.stats).toMatchObject({ written: 3001, lost: 1 });
    const plain = Buffer.concat(records(3001).map(writeJournalRecord));
    const bytes = readFileSync(path);
    expect((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).equals(plain)).toBe(true);
  });

  it('is for its owner alone', async () => {
    const directory = await makeTempDirectory({ 'events.log': 'older' });
    const path = join(directory, 'events.log');
    const writer = await LwesJournalWriter.open({ path });
    writer.write(record(1));
    await writer.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('puts aside what is there, and what would grow beyond its size', async () => {
    const directory = await makeTempDirectory({ 'events.log': 'older' });
    const path = join(directory, 'events.log');
    const size = writeJournalRecord(record(0)).length;
    const writer = await LwesJournalWriter.open({ path, maxFileBytes: 10 * size });
    for (const one of records(35)) writer.write(one);
    await writer.close();
    expect(writer.stats).toEqual({ written: 35, lost: 0, rotations: 3 });
    const aside = asideIn(directory);
    expect(aside).toHaveLength(4);
    const counts = [];
    for (const name of [...aside, 'events.log']) {
      expect(name).toMatch(/^events\.(\d{8}T\d{9}Z(-\d)?\.)?log$/);
      counts.push((await read(join(directory, name))).held.length);
    }
    expect(counts.sort((a, b) => b - a)).toEqual([10, 10, 10, 5, 0]);
  });

  it('begins a new file after Command::Rotate, and no other for a second', async () => {
    const directory = await makeTempDirectory();
    const path = join(directory, 'events.log.gz');
    const clock = new ManualClock(START);
    const writer = await LwesJournalWriter.open({ path }, { clock });
    const rotate = record(0, Buffer.from('0f436f6d6d616e643a3a526f746174650000', 'hex'));
    for (const one of [record(1), rotate, rotate, record(2)]) writer.write(one);
    await writer.flush();
    expect(asideIn(directory)).toEqual(['events.20150814T214212973Z.log.gz']);
    expect((await read(join(directory, asideIn(directory)[0] ?? ''))).held).toHaveLength(2);
    clock.advance(1000);
    writer.write(rotate);
    await writer.close();
    expect(writer.stats).toEqual({ written: 5, lost: 0, rotations: 2 });
  });

  it('puts a file aside when it is old enough, unless it is empty', async () => {
    const directory = await makeTempDirectory();
    const clock = new ManualClock();
    const options = { path: join(directory, 'events.log'), maxAgeSeconds: 60 };
    const writer = await LwesJournalWriter.open(options, { clock });
    clock.advance(60_000);
    await writer.flush();
    expect(asideIn(directory)).toEqual([]);
    writer.write(record(1));
    await writer.flush();
    clock.advance(60_000);
    await writer.flush();
    expect(asideIn(directory)).toHaveLength(1);
    await writer.close();
    expect(clock.waiting).toBe(0);
  });

  it('loses and counts what finds no room to wait, and tells it once', async () => {
    const path = join(await makeTempDirectory(), 'events.log');
    const troubles: VigilError[] = [];
    const writer = await LwesJournalWriter.open(
      { path, maxQueuedBytes: 1000 },
      { onTrouble: (error) => troubles.push(error) },
    );
    const taken = records(100).filter((one) => writer.write(one)).length;
    expect(taken).toBe(Math.floor(1000 / writeJournalRecord(record(0)).length));
    await writer.close();
    expect(writer.stats).toEqual({ written: taken, lost: 100 - taken, rotations: 0 });
    expect(troubles.map(({ code }) => code)).toEqual(['ERR_LWES_JOURNAL']);
  });

  it('tells no more than every ten seconds that it loses, however often it goes on between', async () => {
    const path = join(await makeTempDirectory(), 'events.log');
    const clock = new ManualClock();
    const troubles: string[] = [];
    const writer = await LwesJournalWriter.open(
      { path, maxQueuedBytes: 1000 },
      { clock, onTrouble: ({ message }) => troubles.push(message) },
    );
    const lose = async (): Promise<number> => {
      for (const one of records(100)) writer.write(one);
      await writer.flush();
      return troubles.length;
    };
    expect([await lose(), await lose()]).toEqual([1, 1]);
    clock.advance(10_000);
    expect([await lose(), await lose()]).toEqual([2, 2]);
    await writer.close();
  });

  it('says at once that a file cannot be made', async () => {
    const path = join(await makeTempDirectory(), 'no', 'events.log');
    await expect(LwesJournalWriter.open({ path })).rejects.toMatchObject({
      code: 'ERR_LWES_JOURNAL',
      message: expect.stringContaining(`cannot write the journal ${path}: ENOENT`) as string,
    });
  });

  onFullDisk('loses events while the disk is full, and keeps the file whole', async () => {
    const disk = await mountSmallDisk(1_000_000);
    try {
      const path = join(disk.directory, 'events.log');
      const troubles: string[] = [];
      const writer = await LwesJournalWriter.open(
        { path },
        { onTrouble: ({ message }) => troubles.push(message) },
      );
      for (const one of records(100)) writer.write(one);
      await writer.flush();
      disk.fill();
      for (let round = 0; round < 3; round++) {
        for (const one of records(1000)) writer.write(one);
        await writer.flush();
      }
      const { lost } = writer.stats;
      expect(lost).toBeGreaterThanOrEqual(2000);
      expect(troubles).toEqual([expect.stringMatching(/ENOSPC/)]);
      disk.empty();
      for (const one of records(100)) writer.write(one);
      await writer.close();
      expect(writer.stats.written + lost).toBe(3200);
      const { held, failure } = await read(path);
      expect([held.length, failure]).toEqual([writer.stats.written, undefined]);
    } finally {
      disk.unmount();
    }
  });
});

describe('readLwesJournal', () => {
  const whole = Buffer.concat(records(2000).map(writeJournalRecord));
  const size = writeJournalRecord(record(0)).length;

  it.each([1, HEADER_BYTES - 1, HEADER_BYTES, size - 1])(
    'gives the whole records of a journal that ends %d bytes into one, then says so',
    async (bytes) => {
      const path = join(await makeTempDirectory(), 'cut.log');
      writeFileSync(path, whole.subarray(0, 1000 * size + bytes));
      const { held, failure } = await read(path);
      expect(held).toEqual(records(1000));
      expect(failure).toMatchObject({
        code: 'ERR_LWES_JOURNAL',
        message: `${path} is cut: it ends with ${bytes} bytes of a record; 1000 whole records were read before`,
      });
    },
  );

  it('gives what is whole of a packed journal that is cut', async () => {
    const path = join(await makeTempDirectory(), 'cut.log.gz');
    const [first, second] = [whole.subarray(0, 1000 * size), whole.subarray(1000 * size)];
    const packed = gzipSync(first);
    writeFileSync(path, Buffer.concat([packed, gzipSync(second).subarray(0, -20)]));
    const { held, failure } = await read(path);
    expect(held.length).toBeGreaterThanOrEqual(1000);
    expect(held).toEqual(records(held.length));
    expect(failure?.message).toMatch(/ is cut: what is packed in it has no end; \d+ whole records/);
  });

  it('gives what stands before a damage', async () => {
    const directory = await makeTempDirectory();
    const zeros = join(directory, 'zeros.log');
    writeFileSync(zeros, Buffer.concat([whole, Buffer.alloc(5000)]));
    const packed = join(directory, 'damaged.gz');
    writeFileSync(packed, Buffer.concat([gzipSync(whole), gzipSync(whole).fill(0x55, 10, 60)]));
    for (const path of [zeros, packed]) {
      const { held, failure } = await read(path);
      // Of what is packed, the last 16 KiB before a damage may be lost with it.
      expect(held.length).toBeGreaterThan(path === zeros ? 1999 : 1500);
      expect(held).toEqual(records(held.length));
      expect(failure?.message).toContain(`${path} is damaged`);
    }
  });

  it('finds nothing wrong with an empty journal, and says when there is none', async () => {
    const directory = await makeTempDirectory({ 'empty.log': '' });
    expect(await read(join(directory, 'empty.log'))).toEqual({ held: [] });
    const { failure } = await read(join(directory, 'none.log'));
    expect(failure?.message).toContain('cannot be read: ENOENT');
  });

  it('holds little of a large journal in memory', async () => {
    const path = join(await makeTempDirectory(), 'large.log');
    writeFileSync(path, Buffer.concat(Array.from({ length: 50 }, () => whole)));
    let count = 0;
    let most = 0;
    for await (const { bytes } of readLwesJournal(path)) {
      count += 1;
      most = Math.max(most, bytes.buffer.byteLength);
    }
    expect(count).toBe(100_000);
    expect(most).toBeLessThan(statSync(path).size / 20);
  });
});

describe('replayLwesJournal', () => {
  function createSink(): LwesSink & { readonly sent: Buffer[] } {
    const sent: Buffer[] = [];
    return {
      sent,
      emit: () => false,
      emitBytes: (bytes) => sent.push(bytes as Buffer) > 0,
      flush: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
  }

  async function* give(given: readonly LwesJournalRecord[]): AsyncGenerator<LwesJournalRecord> {
    yield* given;
  }

  it.each([
    [1, 1000],
    [10, 100],
  ])('takes its time at speed %d', async (speed, totalMs) => {
    const clock = new ManualClock();
    const sink = createSink();
    const replay = replayLwesJournal(give(records(11)), { sink, speed, clock });
    for (let step = 1; step <= 10; step++) {
      await waitUntil(
        () => (sink.sent.length === step && clock.waiting === 1 ? true : undefined),
        () => `${sink.sent.length} sent`,
      );
      clock.advance(totalMs / 10);
    }
    expect(await replay).toBe(11);
    expect(clock.now()).toBe(totalMs);
    expect(sink.sent).toEqual(records(11).map(({ bytes }) => bytes));
  });

  it('waits for nothing at full speed, nor where time goes backwards', async () => {
    const clock = new ManualClock();
    const sink = createSink();
    const all = records(200);
    expect(await replayLwesJournal(give(all), { sink, speed: Infinity, clock })).toBe(200);
    const back = [record(5), record(3), record(4)];
    expect(await replayLwesJournal(give(back), { sink, speed: 1, clock })).toBe(3);
    expect(clock.now()).toBe(0);
  });

  it('ends early when it is told to', async () => {
    const clock = new ManualClock();
    const ending = new AbortController();
    const sink = createSink();
    const replay = replayLwesJournal(give(records(5)), {
      sink,
      speed: 1,
      clock,
      signal: ending.signal,
    });
    await waitUntil(
      () => (clock.waiting === 1 ? true : undefined),
      () => 'no wait',
    );
    ending.abort();
    expect(await replay).toBe(1);
    expect(clock.waiting).toBe(0);
  });
});
