import { isPlainRecord, textOf } from '../protocol/plain-record.ts';

/** What a client asks for: a call of a module, or a command about the modules. */
export interface ClientWish {
  readonly command: string | null;
  readonly moduleId: string | null;
  readonly body: unknown;
}

export const DENIED = 'Command permission denied';

const ALL_MAY: Readonly<
  Record<string, { readonly key: string; readonly values: readonly string[] }>
> = {
  __console__: { key: 'signal', values: ['list'] },
  scripts: { key: 'command', values: ['list', 'get'] },
  profiler: { key: 'action', values: [] },
};

const GUARDED_WATCHES: readonly string[] = ['set', 'enable', 'disable', 'run', 'cpu', 'memory'];

/**
 * Whether a user may have what a client asks for. Level 1 may everything; the others may look: what changes a fleet,
 * runs code in it or stops a server for a while is refused. The modules of an application judge for themselves.
 */
export function decidePermission(level: number, { command, moduleId, body }: ClientWish): boolean {
  if (level === 1) return true;
  if (command !== null) return command === 'list';
  if (moduleId === null) return false;
  if (moduleId === 'watchServer') return !GUARDED_WATCHES.includes(wordOf(body, 'comd'));
  const rule = Object.hasOwn(ALL_MAY, moduleId) ? ALL_MAY[moduleId] : undefined;
  return rule === undefined || rule.values.includes(wordOf(body, rule.key));
}

function wordOf(body: unknown, key: string): string {
  return isPlainRecord(body) ? (textOf(body, key) ?? '') : '';
}
