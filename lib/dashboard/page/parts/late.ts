import { html, useEffect, useSignal, type VNode } from '../ui.ts';

export interface LateProps<Props> {
  readonly load: () => Promise<(props: Props) => VNode>;
  readonly props: Props;
}

type Loaded = { readonly view: unknown } | 'failed' | null;

/** A part that is loaded when it is first wanted: the first paint does not wait for it. */
export function Late<Props>({ load, props }: LateProps<Props>): VNode {
  const loaded = useSignal<Loaded>(null);
  useEffect(() => {
    load().then(
      (view) => (loaded.value = { view }),
      () => (loaded.value = 'failed'),
    );
  }, []);
  if (loaded.value === 'failed')
    return html`<div class="card">
      <p>
        <strong>This part of the page cannot be loaded.</strong> The session may run another version
        by now. <a href="./">Load the page again</a>
      </p>
    </div>`;
  if (loaded.value === null) return html`<p class="muted" aria-busy="true">Loading …</p>`;
  return html`<${loaded.value.view} ...${props} />`;
}
