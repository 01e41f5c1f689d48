import { html, type Child, type VNode } from '../ui.ts';

export interface DataTableProps {
  readonly label: string;
  readonly head: readonly string[];
  readonly rows: readonly DataRow[];
}

export interface DataRow {
  readonly key: string;
  /** The first says what the row is about. */
  readonly cells: readonly Child[];
}

/** A table that scrolls by itself where it is too wide. */
export function DataTable({ label, head, rows }: DataTableProps): VNode {
  return html`<div class="scroll" role="region" tabindex="0" aria-label=${label}>
    <table>
      <thead>
        <tr>
          ${head.map((name) => html`<th key=${name} scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ key, cells: [first, ...others] }) =>
            html`<tr key=${key}>
              <th scope="row">${first}</th>
              ${others.map((cell, index) => html`<td key=${index}>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
