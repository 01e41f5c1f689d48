import {
  type AgentHello,
  type AgentNews,
  BANNER,
  type HeldServer,
  type ProcessEnd,
  type RefusalKind,
  type StartedServer,
} from './agent-protocol.ts';
import type { BootstrapWord } from './bootstrap.ts';

/** What a host says before its agent runs. */
export type FirstWord = BootstrapWord & { readonly hello?: AgentHello };

export type AgentMessage =
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Record<string, unknown> }
  | {
      readonly kind: 'refusal';
      readonly id: number;
      readonly refusal: RefusalKind;
      readonly message: string;
    }
  | { readonly kind: 'news'; readonly news: AgentNews };

const REFUSALS: ReadonlySet<string> = new Set<RefusalKind>([
  'fenced',
  'held',
  'unfit',
  'malformed',
  'unknown',
  'failed',
]);
const LONGEST_MESSAGE = 2000;

/** Null: the line is none of ours, as what a shell writes at its start. */
export function parseFirstWord(line: string): FirstWord | null {
  if (!line.startsWith(BANNER)) return null;
  const word = parseRecord(line.slice(BANNER.length));
  if (word === null) return null;
  if (word['has'] === true) return { has: true };
  if (word['needs'] === true) return { needs: true };
  if (typeof word['fails'] === 'string') return { fails: word['fails'].slice(0, LONGEST_MESSAGE) };
  const hello = parseHello(word['hello']);
  return hello === null ? null : { hello };
}

function parseHello(value: unknown): AgentHello | null {
  if (!isRecord(value)) return null;
  const { protocol, node, platform, boot } = value as Record<keyof AgentHello, unknown>;
  if (typeof protocol !== 'number' || typeof node !== 'string' || typeof platform !== 'string')
    return null;
  return { protocol, node, platform, boot: typeof boot === 'string' ? boot : null };
}

/** Null: it cannot be understood. */
export function parseAgentLine(line: string): AgentMessage | null {
  const value = parseRecord(line);
  if (value === null) return null;
  if (value['news'] !== undefined) return parseNews(value);
  const id = value['id'];
  if (typeof id !== 'number') return null;
  const { answer, refusal } = value as { answer?: unknown; refusal?: unknown };
  if (isRecord(answer)) return { kind: 'answer', id, answer };
  return isRecord(refusal) ? parseRefusal(id, refusal) : null;
}

function parseRefusal(id: number, refusal: Record<string, unknown>): AgentMessage | null {
  const kind = refusal['kind'];
  const message = refusal['message'];
  if (typeof kind !== 'string' || !REFUSALS.has(kind) || typeof message !== 'string') return null;
  return {
    kind: 'refusal',
    id,
    refusal: kind as RefusalKind,
    message: message.slice(0, LONGEST_MESSAGE),
  };
}

function parseNews(value: Record<string, unknown>): AgentMessage | null {
  const server = value['server'];
  if (typeof server !== 'string') return null;
  if (value['news'] === 'output') {
    const { text, dropped, offset } = value as {
      text?: unknown;
      dropped?: unknown;
      offset?: unknown;
    };
    if (typeof text !== 'string' || typeof dropped !== 'number' || typeof offset !== 'number')
      return null;
    return { kind: 'news', news: { news: 'output', server, text, dropped, offset } };
  }
  const { pid, startTime } = value as { pid?: unknown; startTime?: unknown };
  const end = parseEnd(value['end']);
  if (value['news'] !== 'ended' || typeof pid !== 'number' || typeof startTime !== 'string')
    return null;
  return end === null
    ? null
    : { kind: 'news', news: { news: 'ended', server, pid, startTime, end } };
}

function parseEnd(value: unknown): ProcessEnd | null {
  if (!isRecord(value)) return null;
  const { code, signal, lastWords } = value as Record<keyof ProcessEnd, unknown>;
  return {
    code: typeof code === 'number' ? code : null,
    signal: typeof signal === 'string' ? signal : null,
    lastWords: Array.isArray(lastWords) ? lastWords.filter((word) => typeof word === 'string') : [],
  };
}

/** What a host says that it runs; what cannot be understood is left out. */
export function parseHeldServers(value: unknown): HeldServer[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((row: unknown) => {
    const started = parseStarted(row);
    if (started === null || !isRecord(row) || typeof row['id'] !== 'string') return [];
    const { pid, startTime, since } = started;
    return [{ id: row['id'], pid, startTime, since, end: parseEnd(row['end']) }];
  });
}

export function parseStarted(value: unknown): StartedServer | null {
  if (!isRecord(value)) return null;
  const { pid, startTime, since, wasFound } = value as Record<keyof StartedServer, unknown>;
  if (typeof pid !== 'number' || typeof startTime !== 'string' || typeof since !== 'number')
    return null;
  return { pid, startTime, since, wasFound: wasFound === true };
}

function parseRecord(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
