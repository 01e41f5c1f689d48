import type { Clock } from '../../util/clock.ts';
import type { AdminAnswer, AdminModule, MasterAgent, MonitorAgent } from './admin-module.ts';
import { countLogins } from './count-logins.ts';
import type { DefaultModulesSettings } from './default-modules-settings.ts';
import type { ModuleApp } from './module-app.ts';
import type { Profiles } from './profiles.ts';
import type { ProcessStatus } from './process-status.ts';

/** What a client asks for: `comd`, of which server (`context`; `all` for each), and with what. */
interface Question {
  readonly comd: string;
  readonly context: string | null;
  readonly param: unknown;
}

interface Watched {
  readonly app: ModuleApp;
  readonly clock: Clock;
  /** Which of the guarded commands the application has allowed. */
  readonly allowed: ReadonlySet<string>;
  readonly agent: MonitorAgent;
  readonly status: ProcessStatus;
  readonly param: unknown;
}

const ALL = 'all';
const SCRIPTS = 'adminScripts';
const PROFILER = 'adminProfiler';
const ID = 'watchServer';

/** `watchServer`: what a client may learn of a server, and set there. @lazy */
export class WatchServer implements AdminModule {
  readonly moduleId = ID;
  readonly #settings: DefaultModulesSettings;
  readonly #allowed: ReadonlySet<string>;

  /** @param allowed - settled at the start: a client that may set something cannot allow itself more */
  constructor(settings: DefaultModulesSettings, allowed: ReadonlySet<string>) {
    this.#settings = settings;
    this.#allowed = allowed;
  }

  async monitorHandler(agent: MonitorAgent, message: unknown, answer: AdminAnswer): Promise<void> {
    const { comd, param } = parseQuestion(message);
    const { app, clock, status } = this.#settings;
    const read = Object.hasOwn(READERS, comd) ? READERS[comd] : undefined;
    if (read === undefined) {
      answer(`unknown command:${comd}`);
      return;
    }
    const body = await read({
      app,
      clock,
      allowed: this.#allowed,
      agent,
      status: status.read(agent),
      param,
    });
    // In the place of the error, as the clients of this protocol expect it.
    answer({ serverId: agent.id, body });
  }

  clientHandler(agent: MasterAgent, message: unknown, answer: AdminAnswer): void {
    const question = parseQuestion(message);
    const ids = Object.keys(this.#settings.app.getServers());
    if (question.comd === 'servers' || question.context === ALL) {
      askAll(agent, { ids, question }, answer);
    } else if (question.context === null) answer('context: the id of a server is missing');
    else {
      agent.request(question.context, ID, question, (error, body) => {
        const told = readTold(error, body);
        if (told === null) answer(error ?? 'no answer');
        else answer(null, { msg: told.body });
      });
    }
  }
}

/** Asks every server; those that do not answer are told as such. */
function askAll(
  agent: MasterAgent,
  { ids, question }: { readonly ids: readonly string[]; readonly question: Question },
  answer: AdminAnswer,
): void {
  const msg: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  let waiting = ids.length;
  if (waiting === 0) answer(null, { msg });
  for (const id of ids) {
    agent.request(id, ID, question, (error, body) => {
      const told = readTold(error, body);
      msg[id] = told === null ? { error: String(error) } : told.body;
      waiting -= 1;
      if (waiting === 0) answer(null, { msg });
    });
  }
}

/** An answer of a server, wherever it stands. */
function readTold(error: unknown, body: unknown): { readonly body: unknown } | null {
  for (const value of [body, error]) {
    if (typeof value === 'object' && value !== null && 'body' in value) return value;
  }
  return null;
}

function parseQuestion(message: unknown): Question {
  const { comd, context, param } = (message ?? {}) as Readonly<Record<string, unknown>>;
  return {
    comd: typeof comd === 'string' ? comd : '',
    context: typeof context === 'string' && context !== '' ? context : null,
    param,
  };
}

const READERS: Readonly<Record<string, (watched: Watched) => unknown>> = {
  proxy: ({ app, param }) => describeFunctions(app, 'proxy', param),
  handler: ({ app, param }) => describeFunctions(app, 'handler', param),
  cpu: (watched) => profilesOf(watched).takeCpu(watched.param),
  memory: (watched) => profilesOf(watched).takeHeap(),
  run: (watched) => runText(watched),
  servers: ({ agent, status }) => {
    const { host, port } = agent.info;
    return { ...status, host, port };
  },
  status: ({ status }) => status,
  connections: ({ app, agent, status }) => ({
    serverId: agent.id,
    totalConnCount: status.connections,
    ...countLogins(app),
  }),
  logins: ({ app, agent }) => ({ serverId: agent.id, ...countLogins(app) }),
  modules: ({ app }) => app.get('adminModules') ?? [],
  components: ({ app }) => app.componentNames,
  settings: ({ app }) => app.settingNames,
  config: ({ app, param }) => app.get(`${String(param)}Config`) ?? app.get(String(param)) ?? null,
  get: ({ app, param }) => toPlain(app.get(String(param))),
  set: ({ app, param }) => {
    const { key, value } = readPair(param);
    app.set(key, value);
    return 'ok';
  },
  enable: ({ app, param }) => {
    app.enable(String(param));
    return 'ok';
  },
  disable: ({ app, param }) => {
    app.disable(String(param));
    return 'ok';
  },
};

/** Off unless the application says otherwise: the server can do whatever the text says. */
function runText({ app, allowed, param }: Watched): unknown {
  demand(allowed, SCRIPTS, 'run');
  const { runScript } = require('./run-script') as typeof import('./run-script.ts');
  return runScript(app, param);
}

/** Off unless the application says otherwise: a snapshot stops a server for a while, and holds all it knows. */
function profilesOf({ app, allowed, clock }: Watched): Profiles {
  demand(allowed, PROFILER, 'cpu and memory');
  const { Profiles: Made } = require('./profiles') as typeof import('./profiles.ts');
  return new Made(app, clock);
}

function demand(allowed: ReadonlySet<string>, setting: string, what: string): void {
  if (!allowed.has(setting))
    throw new Error(`${what}: not allowed here; app.enable('${setting}') allows it`);
}

/** What the application offers under a name (`app.set('proxy', …)`): its functions by path, with how many arguments they take. */
function describeFunctions(app: ModuleApp, name: string, param: unknown): unknown {
  const wanted = typeof param === 'string' && param !== '' ? param : null;
  const all = Object.fromEntries(listFunctions(app.get(name), '', 0));
  if (wanted === null) return all;
  const isOf = ([path]: [string, unknown]): boolean =>
    path === wanted || path.startsWith(`${wanted}.`);
  return Object.fromEntries(Object.entries(all).filter(isOf));
}

const MOST_DEPTH = 5;
const MOST_FUNCTIONS = 1000;

function listFunctions(value: unknown, path: string, depth: number): [string, number][] {
  if (typeof value === 'function') return [[path, value.length]];
  if (typeof value !== 'object' || value === null || depth > MOST_DEPTH) return [];
  return Object.entries(value)
    .flatMap(([key, part]) => listFunctions(part, path === '' ? key : `${path}.${key}`, depth + 1))
    .slice(0, MOST_FUNCTIONS);
}

function readPair(param: unknown): { readonly key: string; readonly value: unknown } {
  if (Array.isArray(param)) return { key: String(param[0]), value: param[1] as unknown };
  const { key, value } = (param ?? {}) as { key?: unknown; value?: unknown };
  if (typeof key !== 'string' || key === '') throw new Error('param: { key, value } is expected');
  return { key, value };
}

/** A value that cannot be sent is described. */
function toPlain(value: unknown): unknown {
  try {
    const text = JSON.stringify(value) as string | undefined;
    return text === undefined ? String(value) : value;
  } catch {
    return String(value);
  }
}
