import type { JobsOverview, SeenDeadLetter } from '../../../jobs/gateway/jobs-overview.ts';
import { DataTable } from '../parts/data-table.ts';
import { Icon } from '../parts/icon.ts';
import { html, type Child, type VNode } from '../ui.ts';
import { clockText, times } from '../wording.ts';
import { countDead, describeBroker, describeWorker, rateText } from './jobs-words.ts';

export interface JobsViewProps {
  readonly jobs: JobsOverview;
  /** As it was one look ago, for how quickly it changes. */
  readonly before: JobsOverview | null;
}

const UNKNOWN = '–';

/** Queues, workers, clients and dead letters as one gateway sees them. */
export function JobsView({ jobs, before }: JobsViewProps): VNode {
  return html`<div class="stack">
    <${Figures} jobs=${jobs} before=${before} />
    <${Section}
      id="queues"
      title="Queues"
      none="No job has come, and no worker is there."
      count=${jobs.queues.length}
    >
      <${DataTable}
        label="Queues"
        head=${['Job', 'Waiting', 'Running', 'Consumers', 'Dead']}
        rows=${jobs.queues.map(({ name, ready, running, consumers, dead }) => ({
          key: name,
          cells: [name, ready ?? UNKNOWN, running, consumers ?? UNKNOWN, dead],
        }))}
      />
    <//>
    ${jobs.workers !== null && html`<${Workers} workers=${jobs.workers} />`}
    <${Section}
      id="clients"
      title="Clients with open jobs"
      none="None."
      count=${jobs.clients.length}
    >
      <${DataTable}
        label="Clients with open jobs"
        head=${['Client', 'Open jobs']}
        rows=${jobs.clients.map(({ client, open }) => ({ key: client, cells: [client, open] }))}
      />
    <//>
    <${Section} id="dead" title="Last dead letters" none="None." count=${jobs.dead.last.length}>
      <ul class="events">
        ${jobs.dead.last.map((letter) => html`<${Dead} key=${letter.id} letter=${letter} now=${jobs.at} />`)}
      </ul>
    <//>
  </div>`;
}

interface SectionProps {
  readonly id: string;
  readonly title: string;
  /** What is said when there is nothing. */
  readonly none: string;
  readonly count: number;
  readonly children?: Child;
}

function Section({ id, title, none, count, children }: SectionProps): VNode {
  return html`<section class="card" aria-labelledby=${id}>
    <h2 id=${id}>${title}</h2>
    ${count === 0 ? html`<p class="muted">${none}</p>` : children}
  </section>`;
}

function Figures({ jobs, before }: JobsViewProps): VNode {
  const { figures } = jobs;
  const { tone, text } = describeBroker(jobs.broker);
  const rows: readonly (readonly [string, Child])[] = [
    ['Broker', html`<span class=${tone}>${text}</span>`],
    ['Clients', figures.clients],
    ['Sessions', figures.sessions],
    ['Open jobs', figures.open],
    ['Accepted', rateText(jobs, before, 'accepted')],
    ['Ended', rateText(jobs, before, 'ended')],
    ['Results kept', figures.kept],
    ['Refused', figures.refused],
    ['Dead letters', countDead(jobs)],
  ];
  return html`<section class="card" aria-label="Figures">
    <dl class="figures">
      ${rows.map(
        ([label, value]) =>
          html`<div key=${label}>
            <dt class="muted small">${label}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
}

function Workers({ workers }: { workers: NonNullable<JobsOverview['workers']> }): VNode {
  const rows = workers.map((worker) => {
    const { tone, text } = describeWorker(worker.state);
    return {
      key: `${worker.worker}-${String(worker.generation)}`,
      cells: [
        html`<span><${Icon} tone=${tone} /> ${worker.worker}</span>`,
        html`<span class=${tone}>${text}</span>`,
        worker.pid ?? UNKNOWN,
        worker.generation,
        worker.jobs.length === 0 ? 'none' : worker.jobs.join(', '),
      ],
    };
  });
  return html`<${Section}
    id="workers"
    title="Workers"
    none="None is running."
    count=${workers.length}
  >
    <${DataTable}
      label="Workers"
      head=${['Worker', 'State', 'Pid', 'Process', 'Its jobs']}
      rows=${rows}
    />
  <//>`;
}

function Dead({ letter, now }: { letter: SeenDeadLetter; now: number }): VNode {
  const { id, name, code, message, attempts, diedAt } = letter;
  return html`<li>
    <${Icon} tone="bad" />
    <time class="muted small" datetime=${new Date(diedAt).toISOString()}
      >${clockText(diedAt, now)}</time
    >
    <span>
      <strong>${name}</strong> <span class="badge bad">${code}</span> ${message}
      <span class="muted small"> ${id}, tried ${times(attempts)}</span>
    </span>
  </li>`;
}
