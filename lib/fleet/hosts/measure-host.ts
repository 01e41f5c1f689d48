import type { Clock } from '../../util/clock.ts';
import type { AgentLink } from './agent-link.ts';
import type { PreflightFacts, PreflightOrder, TakenPort } from './agent-protocol.ts';

/** Asks a host what it has, and how far its clock is ahead. */
export async function measureHost(
  link: AgentLink,
  clock: Clock,
  order: PreflightOrder,
): Promise<{ readonly facts: PreflightFacts; readonly skewMs: number | null }> {
  const facts = parseFacts(await link.order('preflight', order));
  return { facts, skewMs: await measureSkew(link, clock) };
}

/** How far the clock of a host is ahead of ours, give or take half of what the way there and back takes. */
export async function measureSkew(link: AgentLink, clock: Clock): Promise<number | null> {
  const sentAt = clock.wallTime();
  const { wallTime } = await link.order('beat', {});
  const middle = (sentAt + clock.wallTime()) / 2;
  return typeof wallTime === 'number' ? wallTime - middle : null;
}

function parseFacts(answer: Record<string, unknown>): PreflightFacts {
  const { node, platform, hasBase, hasMain, freeBytes, takenPorts } = answer as Record<
    keyof PreflightFacts,
    unknown
  >;
  return {
    node: String(node),
    platform: String(platform),
    hasBase: hasBase === true,
    hasMain: hasMain === true,
    freeBytes: typeof freeBytes === 'number' ? freeBytes : null,
    takenPorts: Array.isArray(takenPorts) ? takenPorts.flatMap(parseTaken) : [],
  };
}

function parseTaken(value: unknown): TakenPort[] {
  const { port, owner } = (value ?? {}) as Record<keyof TakenPort, unknown>;
  if (typeof port !== 'number') return [];
  return [{ port, owner: typeof owner === 'string' ? owner : null }];
}
