import type { Sample } from '../../../http/sample-series.ts';
import type { SessionStatus } from '../../../session/monitor/session-status.ts';
import type { SessionModel } from '../session-model.ts';
import { html, type VNode } from '../ui.ts';
import { megabytes, milliseconds, roughDuration, times } from '../wording.ts';
import { Sparkline } from './sparkline.ts';

const SHOWN_SAMPLES = 120;

interface Vital {
  readonly name: string;
  readonly value: string;
  readonly note?: string;
  readonly course?: readonly (number | null)[];
}

/** The figures of the moment. */
export function Vitals({ model }: { model: SessionModel }): VNode | null {
  const status = model.status.value;
  if (status === null) return null;
  const recent = model.samples.value.slice(-SHOWN_SAMPLES);
  return html`<section aria-label="Figures">
    <dl class="vitals">
      ${listVitals(status, model.now.value, recent).map(
        ({ name, value, note, course }) =>
          html`<div class="card vital" key=${name}>
            <dt>${name}</dt>
            <dd>
              <span class="figure">${value}</span>
              <span class="muted small">${note}</span>
              ${course !== undefined && html`<${Sparkline} values=${course} />`}
            </dd>
          </div>`,
      )}
    </dl>
  </section>`;
}

function listVitals(
  { worker, restarts, breaker }: SessionStatus,
  now: number,
  recent: readonly Sample[],
): Vital[] {
  const course = (name: keyof Omit<Sample, 'at'>): readonly (number | null)[] =>
    recent.filter((row) => row[name] !== null || isDeath(row)).map((row) => row[name]);
  const poll = worker?.lastPoll ?? null;
  const causes = Object.entries(restarts.byCause).map(([cause, count]) => `${count} ${cause}`);
  return [
    {
      name: 'Up for',
      value: worker === null ? '–' : roughDuration(now - Date.parse(worker.startedAt)),
      note: worker === null ? 'no process' : `process ${worker.pid ?? '?'}`,
    },
    {
      name: 'Health answer',
      value: poll === null ? '–' : milliseconds(poll.latencyMs),
      note: describePoll(worker),
      course: course('latencyMs'),
    },
    {
      name: 'Event loop lag',
      value: worker === null || worker.loopLagMs === null ? '–' : milliseconds(worker.loopLagMs),
      course: course('loopLagMs'),
    },
    {
      name: 'Memory',
      value: worker === null || worker.rssBytes === null ? '–' : megabytes(worker.rssBytes),
      note: 'resident',
      course: course('rssBytes'),
    },
    { name: 'Restarts', value: String(restarts.total), note: causes.join(', ') || 'none so far' },
    {
      name: 'Breaker',
      value: { closed: 'closed', open: 'open', halfOpen: 'trying' }[breaker.state],
      note: `score ${breaker.score.toFixed(1)} of ${breaker.threshold}`,
    },
  ];
}

function describePoll(worker: SessionStatus['worker']): string {
  if (worker?.lastPoll === null || worker === null) return 'not asked yet';
  if (worker.pollFailures === 0) return worker.lastPoll.ok ? 'good' : 'failed';
  return `failed ${times(worker.pollFailures)} in a row`;
}

function isDeath({ loopLagMs, latencyMs, rssBytes }: Sample): boolean {
  return loopLagMs === null && latencyMs === null && rssBytes === null;
}
