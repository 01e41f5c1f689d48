import { ActionButton } from '../parts/action-button.ts';
import { Late } from '../parts/late.ts';
import { StateCard } from '../parts/state-card.ts';
import { Vitals } from '../parts/vitals.ts';
import { RELOAD, RESTART, STOP } from '../session-actions.ts';
import { html, type VNode } from '../ui.ts';
import type { OverviewProps } from './overview-props.ts';

const loadDetails = async (): Promise<(props: OverviewProps) => VNode> =>
  (await import('./details.ts')).Details;

/** All of the session at one glance. */
export function Overview(props: OverviewProps): VNode {
  const { model, link, desk } = props;
  const isCurrent = link.kind === 'live' || link.kind === 'polling';
  return html`<div class=${isCurrent ? 'view' : 'view stale'}>
    <${StateCard} model=${model} isCurrent=${isCurrent}>
      ${
        isCurrent &&
        html`<div class="buttons" role="group" aria-label="Actions">
          ${[RELOAD, RESTART, STOP].map(
            (action) => html`<${ActionButton} key=${action.name} desk=${desk} action=${action} />`,
          )}
        </div>`
      }
    <//>
    <${Vitals} model=${model} />
    <${Late} load=${loadDetails} props=${props} />
  </div>`;
}
