import '../parts/content.css';
import { ActionButton } from '../parts/action-button.ts';
import { CrashList } from '../parts/crash-list.ts';
import { Deliveries } from '../parts/deliveries.ts';
import { EventList } from '../parts/event-list.ts';
import { LivesStrip } from '../parts/lives-strip.ts';
import { OutputTail } from '../parts/output-tail.ts';
import { TEST_ALERT } from '../session-actions.ts';
import { html, type VNode } from '../ui.ts';
import type { OverviewProps } from './overview-props.ts';

/** What stands on the overview below the state and the figures. */
export function Details({ model, link, desk }: OverviewProps): VNode {
  const alerts = model.status.value;
  const isAlerting = alerts !== null && (alerts.mail.configured || alerts.webhook.configured);
  return html`<div class="columns">
    <div class="column">
      <${LivesStrip} model=${model} />
      <${CrashList} model=${model} />
      <${Deliveries} model=${model}>
        ${
          isAlerting &&
          html`<div class="buttons"><${ActionButton} desk=${desk} action=${TEST_ALERT} /></div>`
        }
      <//>
    </div>
    <div class="column">
      <${OutputTail} model=${model} link=${link} />
      <${EventList} model=${model} />
    </div>
  </div>`;
}
