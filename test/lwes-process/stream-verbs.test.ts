import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LwesEmitter } from '../../lib/lwes/lwes-emitter.ts';
import { readLwesJournal } from '../../lib/lwes/journal-reader.ts';
import { LwesListener } from '../../lib/lwes/lwes-listener.ts';
import type { LwesEvent } from '../../lib/lwes/lwes-event.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { runVigil } from '../support/spawn-vigil.ts';
import { type StartedChild, startNode } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';

const CLI = resolve(__dirname, '../../dist/cli/main.js');

const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
  await assertNoLeaks();
});

/** A listener on a port that nobody else has. */
async function startListener(): Promise<{
  listener: LwesListener;
  events: LwesEvent[];
  to: string;
}> {
  const listener = new LwesListener({ host: '127.0.0.1', port: 0, receiverAttributes: 'none' });
  opened.push(listener);
  const events: LwesEvent[] = [];
  listener.on('event', (event) => events.push(event));
  await listener.start();
  return { listener, events, to: `127.0.0.1:${listener.address.port}` };
}

async function waitForEvents(events: readonly LwesEvent[], count: number): Promise<void> {
  await waitUntil(
    () => (events.length >= count ? true : undefined),
    () => `${events.length} of ${count} events`,
  );
}

/** `vigil stream listen` at a free port; it takes another one if somebody was faster. */
async function startListen(
  ...args: readonly string[]
): Promise<{ child: StartedChild; port: number }> {
  for (let attempt = 0; ; attempt++) {
    const port = await findFreePorts();
    const child = startNode([CLI, 'stream', 'listen', `127.0.0.1:${port}`, ...args]);
    const [, failure] = await child.waitForLine(/listening at|(EADDRINUSE)/);
    if (failure === undefined) return { child, port };
    if (attempt === 5) throw new Error(child.output.text);
    await child.waitForExit();
  }
}

const textOf = (child: StartedChild, stream: string): string[] =>
  child.output.all.filter((line) => line.stream === stream).map(({ text }) => text);

describe('vigil stream emit', () => {
  it('sends what it is told to, and says how much it was', async () => {
    const { listener, events, to } = await startListener();
    const words = [
      'stream',
      'emit',
      to,
      'Tick',
      'n:uint32={i}',
      'v:nullable uint16[]=7,null',
      '-n',
      '3',
    ];
    const run = await runVigil(words);
    expect(run).toMatchObject({ code: 0, stdout: `sent 3 events to ${to}\n`, stderr: '' });
    await waitForEvents(events, 3);
    expect(events).toEqual(
      [1, 2, 3].map((n) => ({
        name: 'Tick',
        attributes: [
          { name: 'n', type: 'uint32', value: n },
          { name: 'v', type: 'nullable uint16[]', value: [7, null] },
        ],
      })),
    );
    const beats = await runVigil(['stream', 'emit', to, 'T', '--heartbeat', '60']);
    expect(beats.code).toBe(0);
    await waitForEvents(events, 6);
    expect(events.slice(3).map(({ name }) => name)).toEqual([
      'System::Startup',
      'T',
      'System::Shutdown',
    ]);
    await listener.close();
  });
});

describe('vigil stream listen', () => {
  it('shows events, keeps them, and tells at its end what it got', async () => {
    const journal = join(await makeTempDirectory(), 'events.log.gz');
    const { child, port } = await startListen('--json', '-n', '2', '--journal', journal);
    const emitter = new LwesEmitter({ host: '127.0.0.1', port });
    emitter.emitBytes(Buffer.from('0154', 'hex'));
    const attributes = [
      { name: 'term', type: 'string', value: 'a "b"' },
      { name: 'id', type: 'uint64', value: 18446744073709551615n },
    ] as const;
    for (let n = 0; n < 2; n++) emitter.emit({ name: 'Search', attributes });
    expect(await child.waitForExit()).toMatchObject({ code: 0 });
    await emitter.close();
    const [first = '', ...others] = textOf(child, 'stdout');
    expect(others).toHaveLength(1);
    expect(first).toContain(
      '"name":"Search","attrs":{"term":"a \\"b\\"","id":18446744073709551615,',
    );
    expect(JSON.parse(first)).toMatchObject({
      sender: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string,
      attrs: { SenderIP: '127.0.0.1' },
      types: { term: 'string', id: 'uint64', ReceiptTime: 'int64' },
    });
    expect(textOf(child, 'stderr')).toEqual([
      `vigil: listening at 127.0.0.1:${port}`,
      `vigil: 2 events from 127.0.0.1:${port}, 1 malformed (truncated 1), 0 dropped by the kernel`,
      'vigil: journal: 3 datagrams written, 0 lost',
    ]);

    const { listener, events, to } = await startListener();
    const replay = await runVigil(['stream', 'replay', journal, '--to', to, '--speed', 'max']);
    expect(replay).toMatchObject({ code: 0, stdout: `sent 3 events to ${to}\n`, stderr: '' });
    await waitForEvents(events, 2);
    expect(events).toEqual([
      { name: 'Search', attributes },
      { name: 'Search', attributes },
    ]);
    await listener.close();
  });

  it('shows a line for each event until it is told to end', async () => {
    const { child, port } = await startListen();
    const run = await runVigil([
      'stream',
      'emit',
      `127.0.0.1:${port}`,
      'Ad\u009b',
      'cost:float=1.1',
    ]);
    expect(run.code).toBe(0);
    const [line] = await child.waitForLine(/Ad/);
    expect(line).toBeDefined();
    child.kill('SIGTERM');
    expect(await child.waitForExit()).toMatchObject({ code: 0 });
    expect(textOf(child, 'stdout')).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d\.\d{3} 127\.0\.0\.1:\d+ Ad· cost=1\.1$/),
    ]);
  });

  it('loses none of 20,000 events from one sender unaccounted, and keeps their order', async () => {
    const journal = join(await makeTempDirectory(), 'events.log');
    const { child, port } = await startListen('--quiet', '--journal', journal);
    const emitter = new LwesEmitter({ host: '127.0.0.1', port });
    for (let n = 0; n < 20_000; n++) {
      emitter.emit({ name: 'Tick', attributes: [{ name: 'n', type: 'int32', value: n }] });
      if (n % 256 === 0) await new Promise(setImmediate);
    }
    await emitter.close();
    expect(emitter.stats).toEqual({ sent: 20_000, failed: 0, dropped: 0 });
    child.kill('SIGTERM');
    expect(await child.waitForExit()).toMatchObject({ code: 0 });
    const numbers: number[] = [];
    for await (const { bytes } of readLwesJournal(journal)) numbers.push(bytes.readInt32BE(10));
    const summary = textOf(child, 'stderr').at(-2) ?? '';
    const [, received, dropped] =
      /: (\d+) events from .*, 0 malformed, (\d+) dropped by the kernel$/.exec(summary) ?? [];
    expect(Number(received)).toBe(numbers.length);
    expect(Number(received) + Number(dropped)).toBe(20_000);
    expect(numbers.every((n, index) => index === 0 || n > (numbers[index - 1] ?? 0))).toBe(true);
  });
});

describe('vigil stream replay', () => {
  it('sends the whole records of a journal that is cut, and says so', async () => {
    const directory = await makeTempDirectory();
    const header = Buffer.from('00040000014f2e29c2ed0100007fe35e000000000000', 'hex');
    const record = Buffer.concat([header, Buffer.from('01610000', 'hex')]);
    const path = join(directory, 'cut.log');
    writeFileSync(path, Buffer.concat([record, record, record.subarray(0, 25)]));
    const { listener, events, to } = await startListener();
    const run = await runVigil(['stream', 'replay', path, '--to', to]);
    expect(run).toMatchObject({ code: 1, stdout: `sent 2 events to ${to}\n` });
    expect(run.stderr).toBe(
      `vigil: ${path} is cut: it ends with 25 bytes of a record; 2 whole records were read before\n`,
    );
    await waitForEvents(events, 2);
    await listener.close();
    expect(await runVigil(['stream', 'replay', path])).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('vigil stream replay needs --to IP:PORT'),
    });
    expect(await runVigil(['stream', 'replay', path, '--to', to, '--speed', '0'])).toMatchObject({
      code: 64,
      stderr: 'vigil: --speed expects a number from 0.001 to 1000000, found "0"\n',
    });
  });
});

describe('vigil stream check', () => {
  it('tells where a specification is wrong, how long events can be, and what differs from it', async () => {
    const directory = await makeTempDirectory({
      'good.esf': 'a { int32 n; string s(10); }\nlonger { string t; }\n',
      'bad.esf': 'a {\n  int33 n;\n}\n',
      'long.esf': 'a { string s(65500); }',
      'none.esf': '',
    });
    const check = (...words: string[]) =>
      runVigil(['stream', 'check', ...words], { cwd: directory });
    const good = await check('good.esf');
    expect(good).toMatchObject({ code: 0, stderr: '' });
    expect(good.stdout).toMatch(
      /^good\.esf: 2 events, nothing is wrong\nlargest event: a, \d+ bytes\n$/,
    );
    const bad = await check('bad.esf');
    expect(bad).toMatchObject({ code: 78, stdout: '' });
    expect(bad.stderr).toMatch(/^vigil: bad\.esf:2:3: /);
    expect(JSON.parse((await check('bad.esf', '--json')).stdout)).toMatchObject({
      valid: false,
      problem: { line: 2, column: 3 },
    });
    expect(await check('long.esf')).toMatchObject({ code: 1 });
    expect(await check('none.esf')).toMatchObject({ code: 0 });
    expect(await check('missing.esf')).toMatchObject({ code: 64 });

    const header = Buffer.from('00040000014f2e29c2ed0100007fe35e000000000000', 'hex');
    const record = Buffer.concat([header, Buffer.from('01620000', 'hex')]);
    writeFileSync(join(directory, 'events.log'), Buffer.concat([record, record]));
    const compared = await check('good.esf', 'events.log');
    expect(compared.code).toBe(1);
    expect(compared.stdout).toMatch(
      /^events\.log: .*"b".* \(2×\)\nevents\.log: 2 events, 0 malformed, 1 difference$/m,
    );
    expect(readFileSync(join(directory, 'events.log'))).toHaveLength(52);
  });
});
