import type { FleetOverview, SeenCrash, SeenEvent } from '../../../fleet/master/fleet-overview.ts';
import type { ListedServer } from '../../../fleet/master/list-fleet.ts';
import { DataTable } from '../parts/data-table.ts';
import { Icon } from '../parts/icon.ts';
import { html, type Child, type VNode } from '../ui.ts';
import { clockText, megabytes, milliseconds, plural, roughDuration } from '../wording.ts';
import { describeEnd, describeHost, describeServer, groupByType } from './fleet-words.ts';

export interface FleetViewProps {
  readonly fleet: FleetOverview;
  /** Whether it is of now. */
  readonly isCurrent: boolean;
}

const SERVER_HEAD = [
  ...['Server', 'State', 'Pid', 'Host', 'Up', 'Restarts'],
  ...['Memory', 'Loop lag', 'Connections', 'Last end'],
];
const UNKNOWN = '–';

/** Every host and server of a fleet, and what has happened. */
export function FleetView({ fleet, isCurrent }: FleetViewProps): VNode {
  return html`<div class="stack">
    ${groupByType(fleet.servers).map(
      ([type, servers]) =>
        html`<section
          class="card"
          key=${`type-${type}`}
          aria-label=${`Servers of the type ${type}`}
        >
          <h2>${type} <span class="muted">${plural(servers.length, 'server')}</span></h2>
          <${DataTable}
            label=${`Servers of the type ${type}`}
            head=${SERVER_HEAD}
            rows=${servers.map((server) => ({ key: server.serverId, cells: listCells(server, isCurrent) }))}
          />
        </section>`,
    )}
    <${Hosts} fleet=${fleet} isCurrent=${isCurrent} />
    <section class="card" aria-labelledby="crashes">
      <h2 id="crashes">Last crashes</h2>
      ${fleet.crashes.length === 0 && html`<p class="muted">None since this master was started.</p>`}
      <ul class="events">
        ${fleet.crashes.map((crash) => html`<${Crash} key=${crash.seq} crash=${crash} now=${fleet.at} />`)}
      </ul>
    </section>
    <section class="card" aria-labelledby="events">
      <h2 id="events">Events</h2>
      <ul class="events">
        ${fleet.events.map((event) => html`<${Happening} key=${event.seq} event=${event} now=${fleet.at} />`)}
      </ul>
    </section>
  </div>`;
}

function listCells(server: ListedServer, isCurrent: boolean): Child[] {
  const { serverId, pid, host, uptimeMs, restarts, rssBytes, loopLagMs, connections } = server;
  const { tone, text } = describeServer(server);
  const shown = isCurrent ? tone : 'none';
  return [
    html`<span><${Icon} tone=${shown} /> ${serverId}</span>`,
    html`<span class=${shown}>${text}</span>`,
    pid ?? UNKNOWN,
    host,
    uptimeMs === null ? UNKNOWN : roughDuration(uptimeMs),
    restarts,
    rssBytes === null ? UNKNOWN : megabytes(rssBytes),
    loopLagMs === null ? UNKNOWN : milliseconds(loopLagMs),
    connections ?? UNKNOWN,
    describeEnd(server),
  ];
}

function Hosts({ fleet, isCurrent }: FleetViewProps): VNode {
  const rows = fleet.hosts.map((host) => {
    const { tone, text } = describeHost(host);
    const shown = isCurrent ? tone : 'none';
    return {
      key: host.host,
      cells: [
        html`<span><${Icon} tone=${shown} /> ${host.host}</span>`,
        html`<span class=${shown}>${text}</span>`,
        host.servers,
        host.reason ?? UNKNOWN,
      ],
    };
  });
  return html`<section class="card" aria-labelledby="hosts">
    <h2 id="hosts">Hosts</h2>
    <${DataTable} label="Hosts" head=${['Host', 'State', 'Servers', 'Why']} rows=${rows} />
  </section>`;
}

function Crash({ crash, now }: { crash: SeenCrash; now: number }): VNode {
  const { at, id, host, cause, evidence, lastWords } = crash;
  return html`<li>
    <${Icon} tone="bad" />
    <time class="muted small" datetime=${at}>${clockText(Date.parse(at), now)}</time>
    <span>
      <strong>${id}</strong> on ${host}: <span class="badge bad">${cause}</span> ${evidence}
      ${
        lastWords.length > 0 &&
        html`<details>
          <summary class="small">Its last words</summary>
          <div class="code" role="group" tabindex="0" aria-label=${`Last words of ${id}`}>
            ${lastWords.map((line, index) => html`<div key=${index}>${line === '' ? ' ' : line}</div>`)}
          </div>
        </details>`
      }
    </span>
  </li>`;
}

function Happening({ event, now }: { event: SeenEvent; now: number }): VNode {
  const { at, tone, text } = event;
  return html`<li>
    <${Icon} tone=${tone} />
    <time class="muted small" datetime=${at}>${clockText(Date.parse(at), now)}</time>
    <span>${text}</span>
  </li>`;
}
