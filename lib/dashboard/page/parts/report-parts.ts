import type { CrashReport, SourceFrame } from '../../../report/crash-report.ts';
import { html, type VNode } from '../ui.ts';
import { durationText, megabytes, milliseconds, plural } from '../wording.ts';

/** The code around the line that the stack leads to. */
export function Source({ frame }: { frame: SourceFrame | null }): VNode | null {
  if (frame === null) return null;
  const { file, line, column, lines } = frame;
  const name = frame.function === null ? '' : ` in ${frame.function}`;
  return html`<section class="card" aria-labelledby="source">
    <h2 id="source">The line</h2>
    <p><code>${file}:${line}:${column}</code>${name}</p>
    ${
      lines.length > 0 &&
      html`<div class="code" tabindex="0" role="group" aria-labelledby="source">
        ${lines.map(
          (one) =>
            html`<div key=${one.line} class=${one.line === line ? 'guilty' : ''}>
              <span class="number">${one.line === line ? '▶ ' : ''}${one.line}</span>
              ${one.line === line && html`<span class="hidden">this line: </span>`}<span
                >${one.text || ' '}</span
              >
            </div>`,
        )}
      </div>`
    }
  </section>`;
}

export interface StackProps {
  readonly title: string;
  readonly stack: string | null;
  readonly file: string | null;
  readonly line: number | null;
}

/** A stack, its frame inside the project marked. */
export function Stack({ title, stack, file, line }: StackProps): VNode | null {
  if (stack === null || stack === '') return null;
  const place = file === null ? null : `${file}:${line ?? ''}`;
  const lines = stack.split('\n');
  const guilty = place === null ? -1 : lines.findIndex((one) => one.includes(place));
  return html`<section class="card">
    <h2>${title}</h2>
    <div class="code" tabindex="0" role="group" aria-label=${title}>
      ${lines.map((one, index) => html`<div key=${index} class=${index === guilty ? 'guilty' : ''}>${one || ' '}</div>`)}
    </div>
  </section>`;
}

export function Requests({ report }: { report: CrashReport }): VNode {
  const { requestsInFlight, moreRequests } = report;
  return html`<section class="card" aria-labelledby="requests">
    <h2 id="requests">Requests in flight</h2>
    ${
      requestsInFlight.length === 0
        ? html`<p class="muted">None.</p>`
        : html`<div class="scroll" tabindex="0" role="group" aria-labelledby="requests">
            <table>
              <thead>
                <tr>
                  <th scope="col">Request</th>
                  <th scope="col" class="right">For</th>
                  <th scope="col">State</th>
                </tr>
              </thead>
              <tbody>
                ${requestsInFlight.map(
                  ({ method, path, ageMs, running }, index) =>
                    html`<tr key=${index}>
                      <td><code>${method} ${path}</code></td>
                      <td class="right">${durationText(ageMs)}</td>
                      <td>${running === true ? 'its handler was running' : 'waiting'}</td>
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>`
    }
    ${moreRequests > 0 && html`<p class="muted">and ${plural(moreRequests, 'more request')}.</p>`}
  </section>`;
}

export interface ListedProps {
  readonly title: string;
  readonly items: readonly string[];
  readonly none: string;
}

export function Listed({ title, items, none }: ListedProps): VNode {
  return html`<section class="card">
    <h2>${title}</h2>
    ${
      items.length === 0
        ? html`<p class="muted">${none}</p>`
        : html`<ul class="plain-list">
            ${items.map((item, index) => html`<li key=${index}>${item}</li>`)}
          </ul>`
    }
  </section>`;
}

export function Facts({ report }: { report: CrashReport }): VNode {
  return html`<section class="card" aria-labelledby="facts">
    <h2 id="facts">Facts</h2>
    <dl class="rows">
      ${listFacts(report).map(
        ([name, value]) =>
          html`<div key=${name}>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
}

function listFacts(report: CrashReport): (readonly [string, string])[] {
  const { memory, loopLagMs, environment, files } = report;
  const facts: (readonly [string, string | null | undefined])[] = [
    ['Report', report.id],
    ['Fingerprint', report.fingerprint],
    ['Process', `${report.pid ?? '?'}, number ${report.generation} of the session`],
    ['Exit code', report.code === null ? null : String(report.code)],
    ['Signal', report.signal],
    ['Restarts before', String(report.restarts)],
    ['Memory', memory === null ? null : megabytes(memory.rssBytes)],
    ['Heap', memory?.heapUsedBytes === undefined ? null : megabytes(memory.heapUsedBytes)],
    ['Loop lag', loopLagMs === null ? null : milliseconds(loopLagMs)],
    ['Node', `${environment.node}, ${environment.platform}`],
    ['Commit', environment.gitCommit],
    ['Diagnostic report', files.diagnosticReport],
    ['Heap snapshot', files.heapSnapshot],
  ];
  return facts.flatMap(([name, value]) => (value ? [[name, value] as const] : []));
}

export function OutputLines({ lines }: { lines: readonly string[] }): VNode {
  return html`<section class="card" aria-labelledby="last">
    <h2 id="last">Last output</h2>
    ${
      lines.length === 0
        ? html`<p class="muted">It has written nothing.</p>`
        : html`<div class="output" tabindex="0" role="group" aria-labelledby="last">
            ${lines.map((line, index) => html`<div key=${index}>${line || ' '}</div>`)}
          </div>`
    }
  </section>`;
}
