import type { FoundPackage } from '../server-boot.ts';

/**
 * Spares the entry file the search for a package that the monitor has found from the same place. Node asks what it
 * remembers before it reads any manifest, which takes longer than all else that `launch` does. Should a version of
 * Node remember in another way, the package is looked for as ever.
 *
 * @param module - Node's `Module`
 */
export function rememberPackage(module: object, found: FoundPackage | null): void {
  const remembered: unknown = Reflect.get(module, '_pathCache');
  if (found === null || typeof remembered !== 'object' || remembered === null) return;
  Reflect.set(remembered, [found.name, ...found.folders].join('\0'), found.file);
}
