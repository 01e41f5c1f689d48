import htm from 'htm/mini';
import { h, type ComponentChild, type VNode } from 'preact';

export { computed, signal, useSignal, type ReadonlySignal, type Signal } from '@preact/signals';
export { render, type RefObject, type ComponentChild, type VNode } from 'preact';
export { useEffect, useRef } from 'preact/hooks';

type Template = (strings: TemplateStringsArray, ...values: unknown[]) => VNode;

/** Makes nodes of a template: one element at its top. */
export const html: Template = htm.bind(h) as unknown as Template;

export type Child = ComponentChild;
