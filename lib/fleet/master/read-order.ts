import { createProblem, formatPath } from '../../config/config-problem.ts';
import { isPlainObject } from '../../config/plain-object.ts';
import { VigilError } from '../../errors.ts';
import { checkEntry, type ProblemAt } from '../plan/check-entry.ts';
import { type ClusterNumbers, expandEntry } from '../plan/expand-entry.ts';
import type { ServerEntry } from '../plan/server-entry.ts';

/** What a client asks of the console, as far as it fits. */
export interface ConsoleOrder {
  readonly signal: string;
  /** Who asks; null: it does not say. */
  readonly clientId: string | null;
  readonly ids: readonly string[];
  readonly type: string | null;
  /** `key=value` words. */
  readonly args: readonly string[];
  /** A program and its arguments. */
  readonly command: readonly string[];
  readonly isForced: boolean;
  readonly isResumed: boolean;
  /** The answer is to say more than other clients of this protocol know. */
  readonly isDetailed: boolean;
}

export function readOrder(message: unknown): ConsoleOrder {
  const order = isPlainObject(message) ? message : {};
  const { signal, type, clientId } = order;
  return {
    signal: typeof signal === 'string' ? signal : '',
    clientId: typeof clientId === 'string' ? clientId : null,
    ids: readTexts(order['ids']),
    type: typeof type === 'string' && type !== '' ? type : null,
    args: readTexts(order['args']),
    command: readTexts(order['command']),
    isForced: order['force'] === true,
    isResumed: order['resume'] === true,
    isDetailed: order['detail'] === true,
  };
}

/** `key=value` words as an object; numbers are numbers, as in the command line of a server. */
export function readWords(words: readonly string[]): Record<string, string | number> {
  const pairs = words.flatMap((word): [string, string | number][] => {
    const at = word.indexOf('=');
    if (at <= 0) return [];
    const text = word.slice(at + 1).trim();
    const isNumber = text !== '' && !text.includes('.') && Number.isSafeInteger(Number(text));
    return [[word.slice(0, at).trim(), isNumber ? Number(text) : text]];
  });
  return Object.fromEntries(pairs);
}

/**
 * The servers that an order to add some asks for.
 *
 * @throws ERR_FLEET_COMMAND with what is wrong
 */
export function readAdded(args: readonly string[], numbers: ClusterNumbers): ServerEntry[] {
  const words = readWords(args);
  const type = words['serverType'];
  if (typeof type !== 'string' || type === '' || type === 'master')
    throw new VigilError('ERR_FLEET_COMMAND', 'serverType: expected the type of the new server');
  // They may hold programs for this machine to run.
  if (words['ssh_config_params'] !== undefined)
    throw new VigilError(
      'ERR_FLEET_COMMAND',
      'ssh_config_params: only a file of the fleet may say it',
    );
  const { entry, problems } = checkEntry(words, [], { type, problem: problemOfWords });
  if (entry === null)
    throw new VigilError('ERR_FLEET_COMMAND', problems.map(({ message }) => message).join('\n'));
  return expandEntry(entry, numbers);
}

const problemOfWords: ProblemAt = (path, expected, found) =>
  createProblem({
    origin: 'override',
    file: 'add',
    line: null,
    column: null,
    path: formatPath(path),
    expected,
    found,
  });

function readTexts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
