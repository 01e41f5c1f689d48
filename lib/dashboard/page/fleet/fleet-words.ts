import type { FleetOverview, SeenHost } from '../../../fleet/master/fleet-overview.ts';
import type { ListedServer } from '../../../fleet/master/list-fleet.ts';
import { plural, roughDuration, type Tone } from '../wording.ts';

type Words = Readonly<{ tone: Tone; text: string }>;
type Phase = NonNullable<ListedServer['phase']>;

const PHASES: Readonly<Record<Phase, Words>> = {
  down: { tone: 'none', text: 'stopped' },
  starting: { tone: 'busy', text: 'starting' },
  registered: { tone: 'busy', text: 'registered' },
  ready: { tone: 'good', text: 'ready' },
  hung: { tone: 'bad', text: 'silent, being killed' },
  waiting: { tone: 'bad', text: 'down' },
  broken: { tone: 'bad', text: 'down, ends again and again' },
  stopping: { tone: 'busy', text: 'ending' },
};

/** Where a server is in its life; one that cannot be heard is unknown. */
export function describeServer({ state, phase, isSilent, restartInMs }: ListedServer): Words {
  if (state === 'unknown') return { tone: 'warn', text: 'unknown: it does not answer' };
  if (phase === null) return { tone: 'good', text: 'ready, started elsewhere' };
  if (phase === 'ready' && isSilent) return { tone: 'warn', text: 'ready, but not connected' };
  const words = PHASES[phase];
  if (restartInMs === null) return words;
  return { ...words, text: `${words.text}, started again in ${roughDuration(restartInMs)}` };
}

export function describeHost({ state }: SeenHost): Words {
  if (state === 'here') return { tone: 'good', text: 'this machine' };
  if (state === 'up') return { tone: 'good', text: 'answers' };
  if (state === 'down') return { tone: 'bad', text: 'cannot be used' };
  if (state === 'unknown') return { tone: 'warn', text: 'unknown: it does not answer' };
  return { tone: 'busy', text: 'being reached' };
}

/** How it ended last without having been asked to. */
export function describeEnd({ cause, evidence, lastWords }: ListedServer): string {
  if (cause === null) return 'none';
  const last = lastWords.at(-1);
  return [cause, evidence, last].filter((part) => part !== null && part !== undefined).join(': ');
}

/** In the order of the plan. */
export function groupByType(
  servers: readonly ListedServer[],
): readonly (readonly [type: string, servers: readonly ListedServer[]])[] {
  const groups = new Map<string, ListedServer[]>();
  for (const server of servers) {
    const group = groups.get(server.serverType);
    if (group === undefined) groups.set(server.serverType, [server]);
    else group.push(server);
  }
  return [...groups];
}

/** How all of it is, in a few words. */
export function summarizeFleet({ servers, env }: FleetOverview): string {
  const tones = servers.map((server) => describeServer(server).tone);
  const ill = tones.filter((tone) => tone === 'bad' || tone === 'warn').length;
  const all = plural(servers.length, 'server');
  if (ill > 0) return `Fleet ${env}: ${String(ill)} of ${all} in trouble`;
  const ready = tones.filter((tone) => tone === 'good').length;
  if (ready === servers.length) return `Fleet ${env}: ${all}, all ready`;
  return `Fleet ${env}: ${String(ready)} of ${all} ready`;
}
