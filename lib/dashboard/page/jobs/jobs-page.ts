import type { JobsOverview } from '../../../jobs/gateway/jobs-overview.ts';
import { type LockWords, PolledPage } from '../parts/polled-page.ts';
import type { Polled } from '../polled.ts';
import { html, type VNode } from '../ui.ts';
import { JobsView } from './jobs-view.ts';
import { summarizeJobs } from './jobs-words.ts';

const LOCK: LockWords = {
  title: 'These jobs are locked',
  help: 'They show themselves to whoever has the token of the gateway.',
  label: 'Token',
};

/** The jobs of a gateway on one page. */
export function JobsPage({ link }: { link: Polled<JobsOverview> }): VNode {
  const jobs = link.answer.value;
  const summary = jobs === null ? 'Vigil' : summarizeJobs(jobs);
  return html`<${PolledPage} link=${link} lock=${LOCK} summary=${summary}>
    ${jobs !== null && html`<${JobsView} jobs=${jobs} before=${link.before} />`}
  </${PolledPage}>`;
}
