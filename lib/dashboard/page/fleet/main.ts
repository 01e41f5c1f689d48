import type { FleetOverview } from '../../../fleet/master/fleet-overview.ts';
import { Polled } from '../polled.ts';
import { html, render } from '../ui.ts';
import { FleetPage } from './fleet-page.ts';

const root = document.querySelector('#page');
if (root !== null) {
  const link = new Polled<FleetOverview>('overview', 'This is not the key of this fleet.');
  root.replaceChildren();
  render(html`<${FleetPage} link=${link} />`, root);
  link.retryNow();
}
