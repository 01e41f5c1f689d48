import { resolve } from 'node:path';

type Html = (strings: TemplateStringsArray, ...values: unknown[]) => unknown;
type Create = (type: unknown, props: object | null, ...children: unknown[]) => unknown;

// What jest resolves by itself is no module of this kind.
const htm = jest.requireActual<{ bind(create: Create): Html }>(
  resolve('node_modules/htm/mini/index.js'),
);

/** Makes nodes of templates as the page does, without a library that draws them. */
export const PLAIN_UI = {
  html: htm.bind((type, props, ...children) => ({ type, props: { ...props, children } })),
};

/** What the browser would show of nodes that use no hooks, a line for each text. */
export function textOf(node: unknown): string[] {
  if (node === null || node === undefined || typeof node === 'boolean') return [];
  if (typeof node === 'string' || typeof node === 'number') {
    const text = String(node).trim();
    return text === '' ? [] : [text];
  }
  if (Array.isArray(node)) return node.flatMap(textOf);
  const { type, props } = node as { type: unknown; props: { children?: unknown } };
  return typeof type === 'function'
    ? textOf((type as (given: unknown) => unknown)(props))
    : textOf(props.children);
}
