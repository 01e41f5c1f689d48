import { join } from 'node:path';
import { isLoopback } from '../../http/loopback.ts';
import { createServerCommand } from '../plan/server-command.ts';
import type { FleetPlan, ServerEntry } from '../plan/server-entry.ts';
import type { ExportedProgram, ExportFacts } from './export-facts.ts';
import { nameInCluster } from './export-kubernetes.ts';

export interface ExportChoices {
  readonly to: 'systemd' | 'nomad' | 'kubernetes';
  readonly name: string;
  readonly user: string;
  /** Null: the programs run as they do here. */
  readonly image: string | null;
}

/** Where an image has the application, unless another place is agreed on. */
const BASE_IN_IMAGE = '/app';
const MAIN = 'app.js';

/** What an engine has to know of a fleet, as its configuration says. */
export function createExportFacts(plan: FleetPlan, choices: ExportChoices): ExportFacts {
  const isContained = choices.to === 'kubernetes' || choices.image !== null;
  const base = isContained ? BASE_IN_IMAGE : plan.base;
  const placed = choices.to === 'kubernetes' ? placeInCluster(plan, choices) : plan;
  const program = isContained ? 'node' : process.execPath;
  const toProgram = (entry: ServerEntry): ExportedProgram =>
    describe(entry, { program, main: join(base, MAIN), env: plan.env });
  const { id, host, port, adminHttpPort } = placed.master;
  const ports = [port, ...(adminHttpPort === null || adminHttpPort === 0 ? [] : [adminHttpPort])];
  return {
    name: choices.name,
    env: plan.env,
    base,
    user: choices.user,
    image: choices.image,
    stopDeadlineSeconds: plan.master.stopDeadlineSeconds,
    config: describeConfig(placed),
    servers: placed.servers.map(toProgram),
    master: {
      ...{ id, serverType: 'master', host: hostOf(host), ports, hidden: {}, cpu: null },
      command: [program, join(base, MAIN), `env=${plan.env}`, 'type=master'],
    },
  };
}

/** There every process has a host of its own. */
function placeInCluster(plan: FleetPlan, choices: ExportChoices): FleetPlan {
  const place = <Entry extends { readonly id: string }>(entry: Entry): Entry => ({
    ...entry,
    host: nameInCluster(choices, entry.id),
  });
  return { ...plan, master: place(plan.master), servers: plan.servers.map(place) };
}

function describe(
  entry: ServerEntry,
  facts: { readonly program: string; readonly main: string; readonly env: string },
): ExportedProgram {
  const { command, hidden } = createServerCommand(entry, { ...facts, nodeArgs: [] });
  const ports = [entry.port, entry['clientPort']].filter((port) => port !== undefined);
  const { id, serverType, host, cpu } = entry;
  return {
    ...{ id, serverType, hidden, host: hostOf(host) },
    ports: [...new Set(ports.map(Number))].filter((port) => port > 0),
    command: [facts.program, ...command.slice(1)],
    cpu: cpu === undefined ? null : String(cpu),
  };
}

function hostOf(host: string): string | null {
  return isLoopback(host) || host === '0.0.0.0' ? null : host;
}

function describeConfig({ env, master, servers }: FleetPlan): Record<string, object> {
  // It starts nobody, so it has no deaths to mail; and there may be a password in it.
  const { tls: _files, sshParams: _ssh, sendEnvironment: _sent, mail: _mail, ...rest } = master;
  const lists: Record<string, object[]> = {};
  for (const entry of servers) {
    const { serverType, ...keys } = entry;
    const { hidden } = createServerCommand(entry, { main: '', env, nodeArgs: [] });
    const shown = Object.entries(keys).filter(([key]) => !Object.hasOwn(hidden, key));
    (lists[serverType] ??= []).push(Object.fromEntries(shown));
  }
  return { 'master.json': { [env]: rest }, 'servers.json': { [env]: lists } };
}
