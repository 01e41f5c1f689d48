import { readFileSync } from 'node:fs';
import type { SampleSeries } from '../../lib/http/sample-series.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { type Exposed, parseExposition, seriesOf } from '../support/parse-exposition.ts';
import { type HttpAnswer, request } from '../support/request.ts';
import { waitUntil } from '../support/wait-until.ts';
import { runServer, type Session } from './run-server.ts';

type Families = Map<string, Exposed>;

async function ask(session: Session, path: string): Promise<HttpAnswer> {
  const { url, keyFile } = await session.event('control.opened');
  const key = readFileSync(String(keyFile), 'utf8').trim();
  return request(new URL(path, String(url)).href, { headers: { authorization: `Bearer ${key}` } });
}

async function scrape(session: Session): Promise<Families> {
  const { status, headers, body } = await ask(session, '/metrics');
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  return parseExposition(body);
}

/** The first scrape that has a figure of that name. */
function scrapeWith(session: Session, name: string): Promise<Families> {
  return waitUntil(
    async () => {
      const families = await scrape(session);
      return families.get(name)?.series.size === 0 ? undefined : families;
    },
    () => `no figure for ${name}`,
  );
}

/** Counts and sums, by series. */
function counters(families: Families): Map<string, number> {
  const rising = [...families.values()].filter(({ kind }) => kind !== 'gauge');
  return new Map(rising.flatMap(({ series }) => [...series]));
}

async function readSamples(session: Session, since = 0): Promise<SampleSeries> {
  return JSON.parse((await ask(session, `/samples?since=${String(since)}`)).body);
}

const MEMORY = 'vigil_worker_resident_memory_bytes';

describe('a session that is watched over HTTP', () => {
  it('gives its metrics and samples through a crash, and none of a server that is not there', async () => {
    const session = await runServer('acts.cjs', {
      flags: ['--http', '0'],
      // The first crash is followed by a restart at once, the second by a long wait.
      set: ['restart.backoff.baseSeconds=60'],
    });
    await session.ready();
    const before = await scrapeWith(session, MEMORY);
    expect(seriesOf(before, 'vigil_ready')).toEqual({ '': 1 });
    expect(
      Object.values(seriesOf(before, 'vigil_deaths_total')).every((count) => count === 0),
    ).toBe(true);

    await session.act('/throw');
    await session.ready(2);
    await session.event('crash.reported', 1);
    const after = await scrapeWith(session, MEMORY);
    expect(seriesOf(after, 'vigil_deaths_total')['{cause="crash",expected="false"}']).toBe(1);
    expect(seriesOf(after, 'vigil_restarts_total')['{cause="crash"}']).toBe(1);
    expect(seriesOf(after, 'vigil_worker_generation')).toEqual({ '': 2 });
    const then = counters(after);
    for (const [series, count] of counters(before)) {
      expect(then.get(series)).toBeGreaterThanOrEqual(count);
    }

    const samples = await readSamples(session);
    const [report] = session.reports();
    expect(samples.marks).toMatchObject([
      { kind: 'ready', generation: 1 },
      { kind: 'death', generation: 1, cause: 'crash', expected: false, reportId: report?.['id'] },
      { kind: 'ready', generation: 2 },
    ]);
    const { at, loopLagMs, rssBytes } = samples.columns;
    expect(new Set(Object.values(samples.columns).map(({ length }) => length))).toEqual(
      new Set([at.length]),
    );
    expect(rssBytes.some((bytes) => bytes !== null && bytes > 1e6)).toBe(true);
    const death = samples.marks[1]?.at ?? 0;
    const isCut = at.map((_time, row) => loopLagMs[row] === null && rssBytes[row] === null);
    expect(at.some((time, row) => time >= death && isCut[row] === true)).toBe(true);
    const later = await readSamples(session, at.at(-1));
    expect(later.columns.at[0]).toBe(at.at(-1));
    expect((await readSamples(session, samples.until + 1)).marks).toEqual([]);
    expect((await ask(session, '/samples?since=yesterday')).status).toBe(400);

    await session.act('/throw');
    await session.event('restart.scheduled', 2);
    const down = await scrape(session);
    expect(seriesOf(down, 'vigil_up')).toEqual({ '': 0 });
    expect(seriesOf(down, 'vigil_session_state')['{state="backingOff"}']).toBe(1);
    expect(seriesOf(down, MEMORY)).toEqual({});
    expect(seriesOf(down, 'vigil_worker_loop_lag_seconds')).toEqual({});
    await session.event('crash.reported', 2);
    expect(await session.stop()).toMatchObject({ code: 0 });
    await assertNoLeaks();
  });
});
