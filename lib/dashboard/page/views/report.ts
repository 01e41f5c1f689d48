import '../parts/content.css';
import type { CrashReport } from '../../../report/crash-report.ts';
import { describeDeath, describeError } from '../../../notify/crash-wording.ts';
import { ApiError, ask } from '../api.ts';
import type { LateViewProps } from './late-view.ts';
import { Facts, Listed, OutputLines, Requests, Source, Stack } from '../parts/report-parts.ts';
import { html, useEffect, useSignal, type VNode } from '../ui.ts';
import { clockText, durationText, times } from '../wording.ts';

type Found = CrashReport | { readonly problem: string } | null;

/** One crash report, for a person who wants to know what happened and where to look. */
export function Report({ place, model, link }: LateViewProps): VNode {
  const found = useSignal<Found>(null);
  const id = place.view === 'report' ? place.id : '';
  const state = link.state.value.kind;
  useEffect(() => {
    if (found.value !== null && !('problem' in found.value)) return;
    ask(`crashes/${encodeURIComponent(id)}`, link.key.value).then(
      (report) => (found.value = report as CrashReport),
      (error: unknown) => (found.value = { problem: describeProblem(error) }),
    );
  }, [id, state]);
  const report = found.value;
  if (report === null)
    return html`<p class="muted" aria-busy="true">The report is being read …</p>`;
  return html`<article class="report">
    <p><a href="#/">← Overview</a></p>
    ${
      'problem' in report
        ? html`<div class="card">
            <h1 tabindex="-1">No such report</h1>
            <p>${report.problem}</p>
          </div>`
        : html`<${Content} report=${report} now=${model.now.value} />`
    }
  </article>`;
}

function describeProblem(error: unknown): string {
  if (error instanceof ApiError && error.status === 404)
    return 'It is not kept any more, or never was: only the newest reports are kept.';
  return error instanceof Error ? error.message : String(error);
}

function Content({ report, now }: { report: CrashReport; now: number }): VNode {
  const isHang = report.hangStack !== null;
  return html`<div class="view">
    <section class="card">
      <p>
        <span class="badge bad">${report.cause}</span>
        <span class="muted">${when(report, now)}</span>
      </p>
      <h1 tabindex="-1">${describeError(report)}</h1>
      <p class="lead">${describeDeath(report)} ${describeNext(report)}</p>
      <${Suspicion} report=${report} />
    </section>
    <${Source} frame=${report.sourceFrame} />
    <div class="columns">
      <div class="column">
        <${Stack}
          title=${isHang ? 'Where the loop was stuck' : 'Stack'}
          stack=${report.hangStack ?? report.error?.stack ?? null}
          file=${report.sourceFrame?.file ?? null}
          line=${report.sourceFrame?.line ?? null}
        />
        ${report.error?.causeChain.map(
          (cause, index) =>
            html`<${Stack}
              key=${index}
              title=${`Caused by ${cause.name}: ${cause.message}`}
              stack=${cause.stack}
              file=${null}
              line=${null}
            />`,
        )}
        <${Requests} report=${report} />
      </div>
      <div class="column">
        <${Listed} title="Evidence" items=${report.evidence} none="None but the end itself." />
        <${Listed}
          title="Changed since it was last stable"
          items=${report.changedSinceStable}
          none="Nothing that Vigil looks at."
        />
        <${Facts} report=${report} />
      </div>
    </div>
    <${OutputLines} lines=${report.outputTail} />
  </div>`;
}

function when({ at, uptimeMs, phase, occurrences }: CrashReport, now: number): string {
  const age = uptimeMs === null ? '' : `, ${durationText(uptimeMs)} after its start`;
  const during = phase === 'running' ? '' : `, while ${phase}`;
  return `${clockText(Date.parse(at), now)}${age}${during} · seen ${times(occurrences)}`;
}

function describeNext({ nextAction: { kind, delayMs } }: CrashReport): string {
  const delay = delayMs ?? 0;
  switch (kind) {
    case 'restart':
      return delay === 0
        ? 'It was started again at once.'
        : `It was started again after ${durationText(delay)}.`;
    case 'replace':
      return 'A new process had taken its place: nothing was down.';
    case 'keep':
      return 'The process before it went on serving: nothing was down.';
    case 'retryLater':
      return `It had failed too often: the next try came after ${durationText(delay)}.`;
    case 'end':
      return 'It was not started again: the session ended.';
  }
}

function Suspicion({ report: { suspect, quarantined } }: { report: CrashReport }): VNode | null {
  if (suspect === null) return null;
  const { route, hits, of } = suspect;
  return html`<p class="suspect">
    <strong>Suspect: <code>${route}</code></strong
    >, in flight in ${hits} of the last ${of} deaths.
    ${
      quarantined !== null &&
      html`<span> It was answered 503 for ${durationText(quarantined.forMs)} from then on.</span>`
    }
  </p>`;
}
