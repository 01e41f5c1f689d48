import type { LwesEvent } from '../../lib/lwes/lwes-event.ts';
import { decodeEvent } from '../../lib/lwes/decode-event.ts';
import type { SessionEvent } from '../../lib/session/session-event.ts';
import type { LiveOptions } from '../../lib/session/monitor/monitor-context.ts';
import { SessionJournal } from '../../lib/session/monitor/session-journal.ts';
import { createTelemetryEvent } from '../../lib/session/monitor/telemetry/telemetry-event.ts';
import { openTelemetry } from '../../lib/session/monitor/telemetry/telemetry.ts';
import { systemClock } from '../../lib/util/clock.ts';
import { openUdpInbox, type UdpInbox } from '../support/udp-inbox.ts';

const ORIGIN = { session: 'shop', host: 'web1' };
const STAMP = { at: '2026-11-23T08:00:00.000Z', seq: 5, generation: 2, pid: 4720 };

describe('createTelemetryEvent', () => {
  it('writes what every event has, and then its own', () => {
    const event: SessionEvent = { type: 'worker.ready', ...STAMP, isFirstTime: true, startMs: 200 };
    expect(createTelemetryEvent(event, ORIGIN)).toEqual({
      name: 'Vigil::WorkerReady',
      attributes: [
        { name: 'enc', type: 'int16', value: 1 },
        { name: 'session', type: 'string', value: 'shop' },
        { name: 'host', type: 'string', value: 'web1' },
        { name: 'at', type: 'int64', value: 1_795_420_800_000n },
        { name: 'seq', type: 'int64', value: 5n },
        { name: 'generation', type: 'int32', value: 2 },
        { name: 'pid', type: 'int32', value: 4720 },
        { name: 'isFirstTime', type: 'boolean', value: true },
        { name: 'startMs', type: 'int64', value: 200n },
      ],
    });
  });

  it('writes parts of objects under names of their own, and leaves out what is not there', () => {
    const error = { name: 'TypeError', message: 'x is no function' };
    const event = { type: 'crash.detected', ...STAMP, error, handled: false, origin: 'x' } as const;
    const values = valuesOf(createTelemetryEvent(event, ORIGIN));
    expect(values).toMatchObject({ errorName: 'TypeError', errorMessage: 'x is no function' });
    expect(values).not.toHaveProperty('errorCode');
    expect(values).not.toHaveProperty('error');
  });

  it('cuts long strings between characters, and long lists', () => {
    const lifecycle = (text: string): unknown =>
      valuesOf(createTelemetryEvent({ type: 'lifecycle', ...STAMP, event: text }, ORIGIN))['event'];
    expect(lifecycle('x'.repeat(1000))).toBe('x'.repeat(1000));
    expect(lifecycle('x'.repeat(1001))).toBe('x'.repeat(1000));
    expect(lifecycle(`x${'é'.repeat(500)}`)).toBe(`x${'é'.repeat(499)}`);
    expect(lifecycle('😀'.repeat(251))).toBe('😀'.repeat(250));
    const paths = Array.from({ length: 25 }, (_, index) => `${index}`.repeat(400));
    const event = { type: 'files.changed', ...STAMP, count: 25, paths } as const;
    const sent = valuesOf(createTelemetryEvent(event, ORIGIN))['paths'] as string[];
    expect(sent).toHaveLength(20);
    expect(sent[3]).toBe('3'.repeat(300));
  });
});

describe('Telemetry', () => {
  let inbox: UdpInbox;
  const warnings: string[] = [];

  beforeEach(async () => {
    inbox = await openUdpInbox();
    warnings.length = 0;
  });
  afterEach(() => inbox.close());

  const open = (journal: SessionJournal, target: string) =>
    openTelemetry(target, {
      clock: systemClock,
      journal,
      live: { current: { name: 'shop' } } as unknown as LiveOptions,
      mask: (text) => text.replaceAll('secret', '***'),
      warn: (text) => void warnings.push(text),
    });
  const createJournal = (): SessionJournal => new SessionJournal(systemClock, () => undefined);

  it('sends what happened before it was opened, masked, and nothing after it was closed', async () => {
    const journal = createJournal();
    journal.tell({ type: 'lifecycle', event: 'a secret' });
    const telemetry = open(journal, `127.0.0.1:${inbox.port}`);
    journal.tell({ type: 'worker.degraded' });
    await telemetry.close();
    journal.tell({ type: 'worker.recovered' });
    const sent = (await inbox.waitFor(4)).map((bytes) => decodeEvent(bytes));
    expect(sent.map(({ name }) => name)).toEqual([
      'System::Startup',
      'Vigil::Lifecycle',
      'Vigil::WorkerDegraded',
      'System::Shutdown',
    ]);
    expect(valuesOf(sent[1])['event']).toBe('a ***');
    expect(warnings).toEqual([]);
  });

  it('looks up a name', async () => {
    const telemetry = open(createJournal(), `localhost:${inbox.port}`);
    await telemetry.close();
    await inbox.waitFor(2);
  });

  it('tells once of events it cannot write, and counts them', async () => {
    const journal = createJournal();
    const target = `127.0.0.1:${inbox.port}`;
    const telemetry = open(journal, target);
    journal.tell({ type: 'worker.extendedDeadline', ms: Number.NaN });
    journal.tell({ type: 'memory.limitExceeded', rssBytes: Infinity, limitBytes: Infinity });
    journal.tell({ type: 'worker.extendedDeadline', ms: 'soon' as unknown as number });
    journal.tell({ type: 'worker.extendedDeadline', ms: 'late' as unknown as number });
    journal.tell({ type: 'worker.degraded' });
    await telemetry.close();
    expect(warnings).toEqual([
      expect.stringContaining('; events are lost, the session goes on'),
      `telemetry: 3 events were sent to ${target}, 2 were lost`,
    ]);
    await inbox.waitFor(5);
  });

  it('closes though it never came to send', async () => {
    const telemetry = open(createJournal(), 'no..such..machine:1');
    await telemetry.close();
    expect(warnings).toHaveLength(1);
  });
});

function valuesOf(event: LwesEvent | undefined): Record<string, unknown> {
  return Object.fromEntries((event?.attributes ?? []).map(({ name, value }) => [name, value]));
}
