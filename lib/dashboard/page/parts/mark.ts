import { html, type VNode } from '../ui.ts';

/** The sign of the product. */
export function Mark(): VNode {
  return html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
    <path d="M16 1 4 5.500v9.200C4 22 9 28 16 31c7-3 12-9 12-16.300V5.500z" />
    <path class="pulse" d="M7.500 17h4.200l2.600-6.500 4 11 2.500-4.500h3.700" />
  </svg>`;
}
