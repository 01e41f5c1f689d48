import { formatMetrics } from '../../lib/http/metrics-text.ts';
import { METRICS, readMetrics } from '../../lib/session/monitor/metrics/metric-definitions.ts';
import type { MetricSources } from '../../lib/session/monitor/metrics/metric-sources.ts';
import { CAUSES } from '../../lib/supervision/cause.ts';
import { type Exposed, parseExposition, seriesOf } from '../support/parse-exposition.ts';
import { BEAT, createSources, startTally, STATUS, WORKER } from './metric-sources.ts';

async function scrape(sources: Partial<MetricSources> = {}): Promise<Map<string, Exposed>> {
  const { text } = await formatMetrics(readMetrics(createSources(sources)));
  return parseExposition(text);
}

const server = { generation: 3, pid: 4720 };

const exit = (cause: (typeof CAUSES)[number], expected: boolean) =>
  ({
    type: 'worker.exited',
    code: 1,
    signal: null,
    cause,
    expected,
    phase: 'running',
    uptimeMs: 10,
    evidence: [],
  }) as const;

const ERROR = { code: 'ERR_MAIL_FAILED', message: 'no' };

describe('the metrics of a session', () => {
  it('are valid text for Prometheus, each with its help and type', async () => {
    const families = await scrape();
    expect([...families.keys()]).toEqual(METRICS.map(({ name }) => name));
    for (const [, { series }] of families) expect(series.size).toBeGreaterThan(0);
  });

  it('escape what the name of a session may hold', async () => {
    const name = 'a "b" \\ c\nd{}, e="f"';
    const families = await scrape({ status: { ...STATUS, name } });
    expect(Object.keys(seriesOf(families, 'vigil_session_info'))).toEqual([
      '{name="a \\"b\\" \\\\ c\\nd{}, e=\\"f\\"",node="v20.20.2",version="1.0.0"}',
    ]);
  });

  it('give every cause from the start, so that the first of its kind is seen as a rise', async () => {
    const families = await scrape({ status: { ...STATUS, restarts: { total: 0, byCause: {} } } });
    const restarts = seriesOf(families, 'vigil_restarts_total');
    expect(restarts).toEqual(Object.fromEntries(CAUSES.map((cause) => [`{cause="${cause}"}`, 0])));
    expect(Object.keys(seriesOf(families, 'vigil_deaths_total'))).toHaveLength(2 * CAUSES.length);
  });

  it('read the status: restarts by cause, breaker, ages in seconds, what waits to be sent', async () => {
    const families = await scrape();
    expect(seriesOf(families, 'vigil_restarts_total')).toMatchObject({
      '{cause="crash"}': 1,
      '{cause="hang"}': 1,
      '{cause="exit"}': 0,
    });
    expect(seriesOf(families, 'vigil_breaker_state')).toEqual({
      '{state="closed"}': 0,
      '{state="open"}': 0,
      '{state="halfOpen"}': 1,
    });
    expect(seriesOf(families, 'vigil_session_state')['{state="running"}']).toBe(1);
    expect(seriesOf(families, 'vigil_worker_heartbeat_age_seconds')).toEqual({ '': 0.4 });
    expect(seriesOf(families, 'vigil_worker_loop_lag_seconds')).toEqual({ '': 0.03 });
    expect(seriesOf(families, 'vigil_worker_uptime_seconds')).toEqual({ '': 12 });
    expect(seriesOf(families, 'vigil_worker_generation')).toEqual({ '': 3 });
    expect(seriesOf(families, 'vigil_session_start_time_seconds')).toEqual({
      '': Date.parse(STATUS.startedAt) / 1000,
    });
    expect(seriesOf(families, 'vigil_spooled_messages')).toEqual({
      '{channel="mail"}': 4,
      '{channel="webhook"}': 0,
    });
    expect(seriesOf(families, 'vigil_control_dropped_total')).toEqual({ '{door="http"}': 3 });
    expect(seriesOf(families, 'vigil_output_dropped_bytes_total')['{sink="terminal"}']).toBe(17);
  });

  it('leave out what is not known while there is no server process, and say that it is down', async () => {
    const families = await scrape({ status: { ...STATUS, worker: null }, heartbeat: null });
    const absent = [...families]
      .filter(([, { series }]) => series.size === 0)
      .map(([name]) => name);
    expect(absent).toEqual([
      'vigil_worker_generation',
      'vigil_worker_uptime_seconds',
      'vigil_worker_heartbeat_age_seconds',
      'vigil_worker_loop_lag_seconds',
      'vigil_worker_poll_failures',
      'vigil_worker_resident_memory_bytes',
      'vigil_worker_heap_used_bytes',
      'vigil_worker_heap_limit_bytes',
    ]);
    expect(seriesOf(families, 'vigil_up')).toEqual({ '': 0 });
    expect(seriesOf(families, 'vigil_ready')).toEqual({ '': 0 });
  });

  it.each([
    ['starting', 0],
    ['ready', 1],
    ['degraded', 1],
    ['draining', 0],
  ] as const)('tell of a %s server process that it is up, and ready: %i', async (state, ready) => {
    const families = await scrape({ status: { ...STATUS, worker: { ...WORKER, state } } });
    expect(seriesOf(families, 'vigil_up')).toEqual({ '': 1 });
    expect(seriesOf(families, 'vigil_ready')).toEqual({ '': ready });
  });

  it('count events, those before they were asked for as well', async () => {
    const { journal, tally } = startTally((early) => {
      early.tell(exit('crash', false), server);
    });
    journal.tell(exit('crash', false), server);
    journal.tell(exit('reload', true), server);
    journal.tell({ type: 'reload.succeeded' }, server);
    journal.tell({ type: 'reload.rolledBack', reason: 'no' }, server);
    journal.tell({ type: 'breaker.opened', score: 6, retryInMs: 1 }, server);
    journal.tell({ type: 'poll.failed', reason: 'no', count: 1 }, server);
    journal.tell({ type: 'events.dropped', count: 5 }, server);
    journal.tell({ type: 'events.dropped', count: 2 }, server);
    const families = await scrape({ tally, followedEventsDropped: 9 });
    const deaths = seriesOf(families, 'vigil_deaths_total');
    expect(deaths['{cause="crash",expected="false"}']).toBe(2);
    expect(deaths['{cause="crash",expected="true"}']).toBe(0);
    expect(deaths['{cause="reload",expected="true"}']).toBe(1);
    expect(seriesOf(families, 'vigil_reloads_total')).toEqual({
      '{outcome="succeeded"}': 1,
      '{outcome="rolledBack"}': 1,
    });
    expect(seriesOf(families, 'vigil_breaker_openings_total')).toEqual({ '': 1 });
    expect(seriesOf(families, 'vigil_poll_failures_total')).toEqual({ '': 1 });
    expect(seriesOf(families, 'vigil_events_dropped_total')).toEqual({
      '{reader="log"}': 7,
      '{reader="follower"}': 9,
    });
  });

  it('count messages by channel: taken, failed, and given up', async () => {
    const { journal, tally } = startTally();
    const mail = { kind: 'crash', id: 'm' };
    const sent = { messageId: 'x', response: '250', attempts: 1 };
    journal.tell({ type: 'mail.failed', ...mail, error: ERROR, retryInMs: 30_000 }, server);
    journal.tell({ type: 'mail.sent', ...mail, ...sent }, server);
    journal.tell({ type: 'mail.failed', ...mail, error: ERROR, retryInMs: null }, server);
    journal.tell({ type: 'webhook.failed', ...mail, error: ERROR, retryInMs: null }, server);
    journal.tell({ type: 'webhook.sent', ...mail, ...sent }, server);
    journal.tell({ type: 'webhook.sent', ...mail, ...sent }, server);
    const families = await scrape({ tally });
    const fates = ['sent', 'failed', 'dropped'].map((fate) =>
      Object.values(seriesOf(families, `vigil_messages_${fate}_total`)),
    );
    expect(fates).toEqual([
      [1, 2],
      [2, 1],
      [1, 1],
    ]);
  });

  it('spread loop lag and poll latency over buckets, of the process that serves alone', async () => {
    const { journal, tally } = startTally();
    for (const loopLagMs of [0.4, 1, 40, 60_000])
      journal.signs.publish({ kind: 'beat', generation: 3, beat: { ...BEAT, loopLagMs } });
    journal.signs.publish({ kind: 'beat', generation: 4, beat: BEAT });
    const poll = { ok: false, latencyMs: 2000, reason: 'late' };
    journal.signs.publish({ kind: 'poll', generation: 3, poll });
    const families = await scrape({ tally });
    const lags = families.get('vigil_loop_lag_seconds')?.series;
    expect(lags?.get('vigil_loop_lag_seconds_bucket{le="0.001"}')).toBe(2);
    expect(lags?.get('vigil_loop_lag_seconds_bucket{le="10"}')).toBe(3);
    expect(lags?.get('vigil_loop_lag_seconds_count')).toBe(4);
    expect(lags?.get('vigil_loop_lag_seconds_sum')).toBeCloseTo(60.0414);
    expect(
      families.get('vigil_poll_latency_seconds')?.series.get('vigil_poll_latency_seconds_sum'),
    ).toBe(2);
  });
});

describe('the strict reader of metrics', () => {
  const head = '# HELP a_total Text.\n# TYPE a_total counter\n';
  it.each([
    ['a second HELP', `${head}a_total 1\n# HELP a_total Text.\n`],
    ['a series twice', `${head}a_total{x="1",y="2"} 1\na_total{y="2",x="1"} 1\n`],
    ['a sample without its type', '# HELP a Text.\na 1\n'],
    ['a counter that does not end in _total', '# HELP a Text.\n# TYPE a counter\na 1\n'],
    ['a gauge that does', '# HELP a_total Text.\n# TYPE a_total gauge\na_total 1\n'],
    ['a wrong escape', `${head}a_total{x="\\t"} 1\n`],
    ['no number', `${head}a_total one\n`],
    ['a last line without its end', `${head}a_total 1`],
    ['milliseconds', '# HELP a_ms Text.\n# TYPE a_ms gauge\na_ms 1\n'],
    [
      'buckets that shrink',
      '# HELP h T\n# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n',
    ],
  ])('refuses %s', (_what, text) => {
    expect(() => parseExposition(text)).toThrow();
  });
});
