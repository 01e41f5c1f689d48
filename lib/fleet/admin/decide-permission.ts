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
  watchServer: {
    key: 'comd',
    values: ['servers', 'status', 'connections', 'logins', 'modules', 'components', 'settings'],
  },
  profiler: { key: 'action', values: [] },
};

/**
 * Whether a user may have what a client asks for. Level 1 may everything; the others may look at how the servers are:
 * what changes a fleet, runs code in it, stops a server for a while, or shows its configuration or what the application
 * has set, passwords among it, is refused. The modules of an application judge for themselves.
 */
export function decidePermission(level: number, { command, moduleId, body }: ClientWish): boolean {
  if (level === 1) return true;
  if (command !== null) return command === 'list';
  if (moduleId === null) return false;
  const rule = Object.hasOwn(ALL_MAY, moduleId) ? ALL_MAY[moduleId] : undefined;
  return rule === undefined || rule.values.includes(wordOf(body, rule.key));
}

function wordOf(body: unknown, key: string): string {
  return isPlainRecord(body) ? (textOf(body, key) ?? '') : '';
}
