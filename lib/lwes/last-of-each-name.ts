import type { LwesAttribute } from './lwes-event.ts';

/** Of attributes with one name the last counts; it stays where it stands. */
export function lastOfEachName(attributes: readonly LwesAttribute[]): readonly LwesAttribute[] {
  if (!hasDuplicates(attributes)) return attributes;
  const last = new Map<string, LwesAttribute>();
  for (const attribute of attributes) {
    last.delete(attribute.name);
    last.set(attribute.name, attribute);
  }
  return [...last.values()];
}

/** Most events have few attributes, which are compared faster than put into a set. */
const FEW = 12;

function hasDuplicates(attributes: readonly LwesAttribute[]): boolean {
  if (attributes.length > FEW) {
    return new Set(attributes.map(({ name }) => name)).size < attributes.length;
  }
  for (let index = 1; index < attributes.length; index++) {
    const name = attributes[index]?.name;
    for (let other = 0; other < index; other++) {
      if (attributes[other]?.name === name) return true;
    }
  }
  return false;
}
