import type { FleetOverview } from '../../../fleet/master/fleet-overview.ts';
import { type LockWords, PolledPage } from '../parts/polled-page.ts';
import type { Polled } from '../polled.ts';
import { html, type VNode } from '../ui.ts';
import { FleetView } from './fleet-view.ts';
import { summarizeFleet } from './fleet-words.ts';

const LOCK: LockWords = {
  title: 'This fleet is locked',
  help: 'It shows itself to whoever has its key. Its master has said where that is when it started.',
  label: 'Fleet key',
};

/** A fleet on one page. */
export function FleetPage({ link }: { link: Polled<FleetOverview> }): VNode {
  const fleet = link.answer.value;
  const summary = fleet === null ? 'Vigil' : summarizeFleet(fleet);
  const isCurrent = link.state.value.kind !== 'offline';
  return html`<${PolledPage} link=${link} lock=${LOCK} summary=${summary}>
    ${fleet !== null && html`<${FleetView} fleet=${fleet} isCurrent=${isCurrent} />`}
  </${PolledPage}>`;
}
