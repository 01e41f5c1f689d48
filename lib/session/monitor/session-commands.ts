import type { CommandTable } from '../../console/command-table.ts';
import type { Clock } from '../../util/clock.ts';
import type { OperatedSession } from './operated-session.ts';
import { describeVerdict, restartServer, setPolling, setPort } from './session-orders.ts';
import { formatStatus } from './status-text.ts';

const WAY = /clean|force/;
const KEY = /polling|\w+(?:\.\w+)+|showServerOutput/;
const POLLING_KEY = /route|intervalSeconds|timeoutSeconds|failureTolerance/;
const NUMBER = /\d+(?:\.\d+)?/;
const BOOLEAN = /true|false/;
const ANYTHING = /[^]*/;

/** The commands of a session: the REPL, the attached console and the dashboard all enter here. @lazy */
export function createSessionCommands(engine: OperatedSession, clock: Clock): CommandTable {
  const { CommandTable: Table } =
    require('../../console/command-table') as typeof import('../../console/command-table.ts');
  const table = new Table({ clock });
  addLifeCommands(table, engine, clock);
  addSettings(table, engine);
  return table;
}

function addLifeCommands(table: CommandTable, engine: OperatedSession, clock: Clock): void {
  table.add({
    name: 'exit',
    argPatterns: [WAY],
    usage: 'exit clean|force',
    help: 'ends the session: after a drain, or at once',
    action: ([way]) => {
      engine.end({ reason: 'console', graceful: way === 'clean', exitCode: 0 });
      return 'ending the session';
    },
  });
  table.add({
    name: 'restart',
    argPatterns: [WAY],
    usage: 'restart clean|force',
    help: 'replaces the server process: after a drain, or at once',
    action: async ([way]) => {
      const { generation } = await restartServer(engine, way === 'force');
      return `restarted: server #${String(generation)}`;
    },
  });
  table.add({
    name: 'reload',
    argPatterns: [],
    usage: 'reload',
    help: 'starts a successor and switches over once it is ready',
    action: async () => describeVerdict(await engine.supervisor.slot.reload()),
  });
  table.add({
    name: 'status',
    argPatterns: [],
    usage: 'status',
    help: 'shows how the server is',
    action: () => formatStatus(engine.status, { now: clock.wallTime() }),
  });
  table.add({
    name: 'explain',
    argPatterns: [],
    usage: 'explain',
    help: 'shows what would be decided next, and by which numbers',
    action: () => explain(engine, clock),
  });
}

function explain(engine: OperatedSession, clock: Clock): string {
  const { explainSession } = require('./explanation') as typeof import('./explanation.ts');
  const { formatExplanation } =
    require('./explanation-text') as typeof import('./explanation-text.ts');
  return formatExplanation(explainSession(engine, clock));
}

function addSettings(table: CommandTable, engine: OperatedSession): void {
  table.add({
    name: 'set',
    argPatterns: [/polling/, NUMBER, BOOLEAN],
    usage: 'set polling <seconds> <immediate>',
    help: 'changes the polling interval; immediate: for the present server process too',
    action: ([, seconds, immediate]) =>
      setPolling(engine, { intervalSeconds: Number(seconds) }, immediate === 'true'),
  });
  table.add({
    name: 'set',
    argPatterns: [/polling/, POLLING_KEY, ANYTHING],
    usage: 'set polling route|intervalSeconds|timeoutSeconds|failureTolerance <value>',
    help: 'changes one polling option at once',
    action: ([, key, value]) => setPolling(engine, { [key ?? '']: parseValue(value) }, true),
  });
  table.add({
    name: 'set',
    argPatterns: [/\w+/, /port/, /\d+/, BOOLEAN],
    usage: 'set <name> port <n> <immediate>',
    help: 'changes a port; immediate: restarts the server with it',
    action: ([name, , port, immediate]) =>
      setPort(engine, { name: name ?? '', port: Number(port) }, immediate === 'true'),
  });
  table.add({
    name: 'set',
    argPatterns: [KEY, ANYTHING],
    usage: 'set <key.path> <value>',
    help: 'changes any option that may change while the session runs',
    action: ([path, value]) => {
      engine.set(path ?? '', parseValue(value));
      return `${path ?? ''} is now ${value ?? ''}`;
    },
  });
}

function parseValue(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return text;
  }
}
