import { html, type Signal, type VNode } from '../ui.ts';

export interface MoreButtonProps {
  readonly showsAll: Signal<boolean>;
  readonly count: number;
  /** So many are shown anyway: with no more than those there is no button. */
  readonly few: number;
}

/** Shows the rest of a list, or hides it again. */
export function MoreButton({ showsAll, count, few }: MoreButtonProps): VNode | null {
  if (count <= few) return null;
  const toggle = (): void => {
    showsAll.value = !showsAll.value;
  };
  return html`<button type="button" class="plain" aria-expanded=${showsAll.value} onClick=${toggle}>
    ${showsAll.value ? 'Show fewer' : `Show all ${count}`}
  </button>`;
}
