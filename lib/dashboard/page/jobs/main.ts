import type { JobsOverview } from '../../../jobs/gateway/jobs-overview.ts';
import { Polled } from '../polled.ts';
import { html, render } from '../ui.ts';
import { JobsPage } from './jobs-page.ts';

const root = document.querySelector('#page');
if (root !== null) {
  const link = new Polled<JobsOverview>('api/overview', 'This is not the token of this gateway.');
  root.replaceChildren();
  render(html`<${JobsPage} link=${link} />`, root);
  link.retryNow();
}
