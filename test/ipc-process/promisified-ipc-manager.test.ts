import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { startNode } from '../support/start-child.ts';

const SCENARIOS_PROGRAM = join(__dirname, '../fixtures/ipc/scenarios.cjs');

const kinds: [string, string][] = [
  ['a forked process, json', 'json'],
  ['a forked process, advanced serialization', 'advanced'],
  ['a cluster worker', 'cluster'],
  ['a worker thread', 'thread'],
];

const scenarios = [
  ['brings Map, Date, Buffer, bigint, errors and circular values across, both ways', 'values'],
  ['tells the error of a handler with its code and causes', 'errors'],
  ['answers 10,000 requests in flight, both ways, without a warning', 'manyInFlight'],
  ['settles every request when the peer is killed', 'death'],
  ['reports every notice when a blocked peer is killed', 'noticesToABlockedPeer'],
  ['leaves messages of others alone, however large or malformed', 'foreign'],
  ['delivers 100 MB, and refuses with a code what exceeds its queue', 'large'],
  ['delivers or rejects a large answer of a peer that exits at once', 'largeAnswerBeforeExit'],
  ['delivers a large notice that a peer flushed before it exited', 'largeNoticeFlushedBeforeExit'],
  ['ends waiting at the deadline, at an abort and at destroy', 'timeoutAndAbort'],
] as const;

describe.each(kinds)('PromisifiedIPCManager over %s', (_what, kind) => {
  it.each(scenarios)('%s', async (_sentence, scenario) => {
    const program = startNode([SCENARIOS_PROGRAM, kind, scenario]);
    const { code } = await program.waitForExit(15_000);
    expect({ code, output: program.output.text }).toEqual({ code: 0, output: '' });
    await assertNoLeaks();
  });
});

describe.each(kinds.filter(([, kind]) => kind !== 'advanced'))(
  'PromisifiedIPCManager over %s, at the end of the peer',
  (_what, kind) => {
    it.each([
      ['delivers a large notice followed by process.exit', 'noticesBeforeExit'],
      ['delivers a thousand notices followed by process.exit', 'manyNoticesBeforeExit'],
    ])('%s', async (_sentence, scenario) => {
      const program = startNode([SCENARIOS_PROGRAM, kind, scenario]);
      const { code } = await program.waitForExit(15_000);
      expect({ code, output: program.output.text }).toEqual({ code: 0, output: '' });
      await assertNoLeaks();
    });
  },
);
