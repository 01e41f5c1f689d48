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

function listVitals(status: SessionStatus, now: number, recent: readonly Sample[]): Vital[] {
  const { restarts, breaker } = status;
  const causes = Object.entries(restarts.byCause).map(([cause, count]) => `${count} ${cause}`);
  return [
    ...listProcess(status.worker, now, recent),
    { name: 'Restarts', value: String(restarts.total), note: causes.join(', ') || 'none so far' },
    {
      name: 'Breaker',
      value: { closed: 'closed', open: 'open', halfOpen: 'trying' }[breaker.state],
      note: `score ${breaker.score.toFixed(1)} of ${breaker.threshold}`,
    },
  ];
}

function listProcess(
  worker: SessionStatus['worker'],
  now: number,
  recent: readonly Sample[],
): Vital[] {
  const course = (name: keyof Omit<Sample, 'at'>): readonly (number | null)[] =>
    recent.filter((row) => row[name] !== null || isDeath(row)).map((row) => row[name]);
  return [
    {
      name: 'Up for',
      value: show(worker && now - Date.parse(worker.startedAt), roughDuration),
      note: worker === null ? 'no process' : `process ${worker.pid ?? '?'}`,
    },
    {
      name: 'Health answer',
      value: show(worker?.lastPoll?.latencyMs, milliseconds),
      note: describePoll(worker),
      course: course('latencyMs'),
    },
    {
      name: 'Event loop lag',
      value: show(worker?.loopLagMs, milliseconds),
      course: course('loopLagMs'),
    },
    {
      name: 'Memory',
      value: show(worker?.rssBytes, megabytes),
      note: 'resident',
      course: course('rssBytes'),
    },
  ];
}

function show(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? '–' : format(value);
}

function describePoll(worker: SessionStatus['worker']): string {
  if (worker?.lastPoll === null || worker === null) return 'not asked yet';
  if (worker.pollFailures === 0) return worker.lastPoll.ok ? 'good' : 'failed';
  return `failed ${times(worker.pollFailures)} in a row`;
}

function isDeath({ loopLagMs, latencyMs, rssBytes }: Sample): boolean {
  return loopLagMs === null && latencyMs === null && rssBytes === null;
}
