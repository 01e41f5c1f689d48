import { resolve } from 'node:path';
import type { ConfigLayer } from './config-layer.ts';
import type { ConfigPath } from './config-problem.ts';
import type { Field, GroupField } from './field.ts';
import { asGroup, groupMember } from './field-at.ts';
import { isPlainObject } from './plain-object.ts';

export interface MergedConfig {
  readonly value: Record<string, unknown>;
  /** The layer each value came from, by its dotted path. */
  readonly sources: ReadonlyMap<string, ConfigLayer>;
}

/** Lays the layers over one another: later ones win, groups key by key, unknown keys are left out. */
export function mergeLayers(root: GroupField, layers: readonly ConfigLayer[]): MergedConfig {
  const sources = new Map<string, ConfigLayer>();
  const value: Record<string, unknown> = {};
  for (const layer of layers)
    mergeGroup({ group: root, target: value, from: layer.value, path: [] }, layer, sources);
  return { value, sources };
}

interface MergeStep {
  readonly group: GroupField;
  readonly target: Record<string, unknown>;
  readonly from: unknown;
  readonly path: ConfigPath;
}

function mergeGroup(step: MergeStep, layer: ConfigLayer, sources: Map<string, ConfigLayer>): void {
  const { group, target, from, path } = step;
  if (!isPlainObject(from)) return;
  for (const [key, value] of Object.entries(from)) {
    const member = groupMember(group, key);
    if (member === undefined) continue; // told as a problem already
    const innerPath = [...path, key];
    const inner = asGroup(member);
    if (inner !== undefined && isPlainObject(value)) {
      const existing = target[key];
      const innerTarget = isPlainObject(existing) ? existing : {};
      target[key] = innerTarget;
      sources.set(innerPath.join('.'), layer);
      mergeGroup(
        { group: inner, target: innerTarget, from: value, path: innerPath },
        layer,
        sources,
      );
    } else {
      if (isPlainObject(target[key])) forgetBelow(sources, innerPath.join('.'));
      sources.set(innerPath.join('.'), layer);
      target[key] = absolutePaths(member, value, layer.directory);
    }
  }
}

function forgetBelow(sources: Map<string, ConfigLayer>, path: string): void {
  for (const key of sources.keys()) if (key.startsWith(`${path}.`)) sources.delete(key);
}

function absolutePaths(field: Field, value: unknown, directory: string): unknown {
  if (field.kind === 'list' && Array.isArray(value)) {
    return value.map((item: unknown) => absolutePaths(field.item, item, directory));
  }
  if (field.kind === 'list') return absolutePaths(field.item, value, directory);
  return field.kind === 'text' && field.isPath === true && typeof value === 'string'
    ? resolve(directory, value)
    : value;
}
