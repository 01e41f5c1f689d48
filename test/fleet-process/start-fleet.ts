import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ServerEntry } from '../../lib/fleet/plan/server-entry.ts';
import { EventLog, type LoggedEvent } from '../support/event-log.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { type StartedChild, startNode } from '../support/start-child.ts';
import { runVigil, type VigilRun } from '../support/spawn-vigil.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const CLI = resolve(__dirname, '../../dist/cli/main.js');
const APP = resolve(__dirname, '../fixtures/fleet/behaving-app.cjs');

/** A server by its id, `chat-1` is of the type chat, and what else its entry says. */
export type Wanted = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface ListedRow {
  readonly id: string;
  readonly pid: number | null;
  readonly state: string;
}

/** The directory of an application, and what can be done there. */
export class FleetDirectory {
  readonly base: string;
  readonly env: string;

  constructor(base: string, env: string) {
    this.base = base;
    this.env = env;
  }

  /** `vigil fleet VERB …` in that directory. */
  vigil(verb: string, ...args: readonly string[]): Promise<VigilRun> {
    return runVigil(['fleet', verb, ...args], { cwd: this.base });
  }

  /** Starts the fleet in the background. */
  start(): Promise<VigilRun> {
    return this.vigil('start', '-e', this.env, '-D');
  }

  /** Starts the fleet in the foreground. */
  startInFront(): StartedChild {
    return startNode([CLI, 'fleet', 'start', '-e', this.env], { cwd: this.base });
  }

  get events(): EventLog {
    return new EventLog(join(this.base, '.vigil', `fleet-${this.env}`, 'events.jsonl'));
  }

  /** Waits for a state of a server, past ones included. */
  state(id: string, state: string, nth = 1): Promise<LoggedEvent> {
    let seen = 0;
    return this.events.waitFor(`server.${state}`, (event) => {
      if (event['id'] === id) seen += 1;
      return event['id'] === id && seen >= nth;
    });
  }

  async list(): Promise<ListedRow[]> {
    const { code, stdout, stderr } = await this.vigil('list', '--json');
    if (code !== 0) throw new Error(`vigil fleet list ended with ${String(code)}: ${stderr}`);
    return JSON.parse(stdout) as ListedRow[];
  }

  /** Pids by id. */
  async pids(): Promise<Record<string, number | null>> {
    return Object.fromEntries((await this.list()).map(({ id, pid }) => [id, pid]));
  }

  /** What the servers have noted, a line each. */
  async notes(): Promise<string[]> {
    const text = await readFile(join(this.base, 'notes.log'), 'utf8').catch(() => '');
    return text.split('\n').slice(0, -1);
  }

  /** Says anew which servers there are to be. */
  async configure(wanted: Wanted): Promise<void> {
    const servers: Record<string, ServerEntry[]> = {};
    for (const [id, entry] of Object.entries(wanted)) {
      const serverType = id.replace(/-\d+$/, '');
      const server = { ...entry, id, host: '127.0.0.1' } as unknown as ServerEntry;
      servers[serverType] = [...(servers[serverType] ?? []), server];
    }
    await this.write('config/servers.json', JSON.stringify({ [this.env]: servers }));
  }

  async write(name: string, text = ''): Promise<void> {
    await writeFile(join(this.base, name), text);
  }
}

/** Makes the directory of an application; nothing is started. @param master - further keys of `config/master.json` */
export async function makeFleet(
  wanted: Wanted,
  env = 'production',
  master: Readonly<Record<string, unknown>> = {},
): Promise<FleetDirectory> {
  const base = await makeTempDirectory();
  const port = await findFreePorts(1);
  await mkdir(join(base, 'config'));
  const files = {
    master: { [env]: { id: 'master-server-1', host: '127.0.0.1', port, ...master } },
  };
  for (const [name, content] of Object.entries(files))
    await writeFile(join(base, 'config', `${name}.json`), JSON.stringify(content));
  await writeFile(join(base, 'app.js'), `require(${JSON.stringify(APP)});\n`);
  const fleet = new FleetDirectory(base, env);
  await fleet.configure(wanted);
  return fleet;
}

export function commandLineOf(pid: number | null): string {
  return readFileSync(`/proc/${String(pid)}/cmdline`, 'latin1').replaceAll('\0', ' ');
}
