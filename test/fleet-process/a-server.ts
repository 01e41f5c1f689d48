import { resolve } from 'node:path';
import { AdminCredentials } from '../../lib/fleet/admin/admin-credentials.ts';
import type { AdminServerEvent } from '../../lib/fleet/admin/admin-event.ts';
import { AdminServer } from '../../lib/fleet/admin/admin-server.ts';
import { MasterWatcher } from '../../lib/fleet/modules/master-watcher.ts';
import { ModuleHost } from '../../lib/fleet/modules/module-host.ts';
import type { TypeToken } from '../../lib/fleet/plan/server-entry.ts';
import { systemClock } from '../../lib/util/clock.ts';
import { type StartedChild, type StartOptions, startNode } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const FLEET = JSON.stringify(resolve(__dirname, '../../dist/fleet/index.js'));

/**
 * What every application of these tests begins with: `app`, and components that tell of each of their calls. All its
 * processes write that into one file as well: what they print comes through as many pipes and files as there are.
 */
const PRELUDE = `'use strict';
const { createApp } = require(${FLEET});
const { appendFileSync } = require('node:fs');
const app = createApp();
const say = (text) => {
  appendFileSync(__dirname + '/said', app.get('curServer').id + ' ' + text + '\\n');
  process.stdout.write(text + '\\n');
};
const note = (name) => ({
  name,
  beforeStart(done) { say(name + ' beforeStart'); done(); },
  async start() { say(name + ' start'); },
  afterStart(done) { say(name + ' afterStart'); setImmediate(done); },
  afterStartAll() { say(name + ' afterStartAll'); },
  stop(force, done) { say(name + ' stop ' + force); setImmediate(done); },
});
`;

export interface AnAppDirectory {
  readonly base: string;
  /** Starts one server of it, as a master would. */
  readonly startServer: (words?: readonly string[], options?: StartOptions) => StartedChild;
}

/** The directory of an application whose master is to be found at this port. */
export async function makeAppDirectory(
  source: string,
  {
    port,
    files = {},
  }: { readonly port: number; readonly files?: Readonly<Record<string, string>> },
): Promise<AnAppDirectory> {
  const master = { id: 'master-server-1', host: '127.0.0.1', port };
  const base = await makeTempDirectory({
    'app.js': PRELUDE + source,
    'config/master.json': JSON.stringify({ development: master, production: master }),
    ...files,
  });
  const startServer = (words: readonly string[] = [], options: StartOptions = {}): StartedChild =>
    startNode([`${base}/app.js`, 'id=chat-1', 'serverType=chat', 'port=6050', ...words], {
      cwd: base,
      ...options,
    });
  return { base, startServer };
}

export interface AMaster {
  readonly port: number;
  readonly server: AdminServer;
  readonly watcher: MasterWatcher;
  readonly events: AdminServerEvent[];
  /** The servers that have said that they have started. */
  readonly started: string[];
}

const open: (() => Promise<void>)[] = [];

/** A master without a keeper: it takes servers that somebody else starts. */
export async function startMaster(
  options: { readonly tokens?: readonly TypeToken[]; readonly port?: number } = {},
): Promise<AMaster> {
  const events: AdminServerEvent[] = [];
  const started: string[] = [];
  const modules = new ModuleHost({
    role: 'master',
    clock: systemClock,
    startMs: 1000,
    onTrouble: () => undefined,
  });
  const server: AdminServer = new AdminServer({
    clock: systemClock,
    host: '127.0.0.1',
    port: options.port ?? 0,
    tls: null,
    credentials: new AdminCredentials({
      env: 'production',
      users: null,
      tokens: options.tokens ?? null,
      localKey: null,
    }),
    desk: modules,
    audit: { append: () => undefined },
    onEvent: (event) => events.push(event),
  });
  const roster = {
    master: { id: 'master-server-1', serverType: 'master', host: '127.0.0.1' },
    registered: () =>
      [...server.monitors.values()].map(({ id, serverType }) => ({
        id,
        serverType,
        host: '127.0.0.1',
      })),
    noteStarted: (id: string) => void started.push(id),
  };
  const watcher = new MasterWatcher(roster, systemClock);
  modules.add(watcher);
  const port = await server.listen();
  await modules.start(server);
  watcher.attach(server);
  open.push(async () => {
    modules.stop();
    await server.close();
  });
  return { port, server, watcher, events, started };
}

/** Ends the masters of a test. */
export async function closeMasters(): Promise<void> {
  for (const close of open.splice(0)) await close();
}
