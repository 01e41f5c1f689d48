import type { SessionStatus } from '../../../session/monitor/session-status.ts';
import type { SessionEvent } from '../../../session/session-event.ts';
import type { SessionModel } from '../session-model.ts';
import { html, type Child, type VNode } from '../ui.ts';
import { clockText, plural, type Tone } from '../wording.ts';
import { Icon } from './icon.ts';

export interface DeliveriesProps {
  readonly model: SessionModel;
  readonly children?: Child;
}

/** Whether those who are to be told of a death really are. */
export function Deliveries({ model, children }: DeliveriesProps): VNode | null {
  const status = model.status.value;
  if (status === null) return null;
  return html`<section class="card" aria-labelledby="alerts">
    <h2 id="alerts">Alerts</h2>
    <dl class="rows">
      ${(['mail', 'webhook'] as const).map((name) => {
        const { tone, text } = describe(name, status, model);
        return html`<div key=${name}>
          <dt><${Icon} tone=${tone} /> ${name === 'mail' ? 'Mail' : 'Webhook'}</dt>
          <dd>${text}</dd>
        </div>`;
      })}
    </dl>
    ${children}
  </section>`;
}

function describe(
  name: 'mail' | 'webhook',
  status: SessionStatus,
  model: SessionModel,
): { tone: Tone; text: string } {
  const { configured, lastAcceptedAt, spooled } = status[name];
  if (!configured) return { tone: 'none', text: 'Not configured.' };
  const failure = findFailure(name, model.events.value);
  const waiting = spooled === 0 ? '' : ` ${plural(spooled, 'message')} waiting.`;
  if (failure !== null) return { tone: 'bad', text: `Failing: ${failure}.${waiting}` };
  if (lastAcceptedAt === null)
    return { tone: spooled === 0 ? 'none' : 'warn', text: `Nothing sent yet.${waiting}` };
  const at = clockText(Date.parse(lastAcceptedAt), model.now.value);
  return { tone: spooled === 0 ? 'good' : 'warn', text: `Last one accepted at ${at}.${waiting}` };
}

/** Of the last try, if that has failed. */
function findFailure(name: 'mail' | 'webhook', events: readonly SessionEvent[]): string | null {
  const last = events.findLast(
    (event) => event.type === `${name}.sent` || event.type === `${name}.failed`,
  );
  return last !== undefined && 'error' in last ? last.error.message : null;
}
