import { html, type VNode } from '../ui.ts';
import type { Tone } from '../wording.ts';

/** A shape for each tone: nothing is told by colour alone. */
const SHAPES: Readonly<Record<Tone, string>> = {
  good: 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Zm-1.300 14.200-4-4 1.500-1.500 2.500 2.500 5.200-5.300 1.500 1.500z',
  busy: 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Zm5 11.100h-6V6.500h2.100V11H17z',
  warn: 'M12 2.500 1.300 21h21.400zM11 10h2v5.500h-2zm0 7h2v2h-2z',
  bad: 'M7.900 2 2 7.900v8.200L7.900 22h8.200l5.900-5.900V7.900L16.100 2zm.700 5.100L12 10.500l3.400-3.400 1.500 1.500-3.400 3.400 3.400 3.400-1.500 1.500-3.400-3.400-3.400 3.400-1.500-1.500 3.400-3.400-3.400-3.400z',
  none: 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Zm-5 9h10v2H7z',
};

export function Icon({ tone, class: name = '' }: { tone: Tone; class?: string }): VNode {
  return html`<svg class=${`icon ${tone} ${name}`} viewBox="0 0 24 24" aria-hidden="true">
    <path fill="currentColor" fill-rule="evenodd" d=${SHAPES[tone]} />
  </svg>`;
}
