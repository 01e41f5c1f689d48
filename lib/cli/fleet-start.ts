import { constants } from 'node:os';
import { ERROR_CODES, VigilError, type VigilErrorCode } from '../errors.ts';
import { createRunningError } from '../fleet/master/lock-fleet.ts';
import type { StartWord } from '../fleet/plan/fleet-environment.ts';
import { loadFleetPlan } from '../fleet/plan/load-fleet-plan.ts';
import { stateDirectoryOf } from '../fleet/plan/read-master.ts';
import type { FleetPlan } from '../fleet/plan/server-entry.ts';
import { isAlive, readLockHolder } from '../session/monitor/session-lock.ts';
import { readTail } from '../util/read-tail.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { DIRECTORY_FLAG, findFleetBase, findFleetMain, logsOf } from './fleet-base.ts';
import { checkEnv, findFleetEnv } from './fleet-env.ts';
import { showFleetOutput } from './fleet-output.ts';
import { toPrintable } from './output.ts';
import { startMaster, type StartedMaster } from './start-master.ts';
import type { Verb, VerbCall } from './verb.ts';

const NO_SCRIPT =
  'Fail to find an appropriate script to run,\nplease check the current work directory or the directory specified by option `--directory`.';
const IN_BACKGROUND = 'The application is running in the background now.';
const LAST_LINES = 20;
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `vigil fleet start`. @lazy */
export const fleetStartVerb: Verb = {
  name: 'fleet start',
  describe: 'starts the master of a fleet, which starts the servers',
  flags: [
    {
      name: 'env',
      alias: 'e',
      kind: 'text',
      value: 'ENV',
      describe: 'environment (default development)',
    },
    { name: 'daemon', alias: 'D', kind: 'switch', describe: 'go on in the background' },
    DIRECTORY_FLAG,
    {
      name: 'type',
      alias: 't',
      kind: 'text',
      value: 'TYPE',
      describe: 'servers of a type, by the master that runs; "master": that alone',
    },
    {
      name: 'id',
      alias: 'i',
      kind: 'text',
      value: 'ID',
      describe: 'one server, by the master that runs; "master": that alone',
    },
  ],
  examples: [
    'vigil fleet start',
    'vigil fleet start -e production -D',
    'vigil fleet start -t chat',
  ],
  async run(call) {
    const base = findFleetBase(call);
    const main = findFleetMain(base);
    if (main === null) {
      call.output.explain(NO_SCRIPT);
      return EXIT.failed;
    }
    const type = call.arguments.text('type') ?? 'all';
    const id = call.arguments.text('id') ?? null;
    const isWhole = id === null ? type === 'all' || type === 'master' : id === 'master';
    const plan = loadFleetPlan({ base, env: chooseEnv(base, call.arguments.text('env'), isWhole) });
    if (!isWhole) {
      const { orderStart } = require('./order-start') as typeof import('./order-start.ts');
      return orderStart(call, plan, { type, id });
    }
    refuseSecond(plan);
    const words = [`type=${type}`, ...(id === null ? [] : [`startId=${id}`])];
    return call.arguments.isOn('daemon')
      ? startInBackground(call, plan, { main, words })
      : startInForeground(call, plan, { main, words });
  },
};

/** Where some servers of a fleet are meant, it is the fleet that runs. */
function chooseEnv(base: string, given: string | undefined, isWhole: boolean): string {
  return isWhole ? checkEnv(given ?? 'development') : findFleetEnv(base, given);
}

interface Command {
  readonly main: string;
  readonly words: readonly string[];
}

/** The master itself refuses as well; this is sooner, and writes nothing. @throws ERR_FLEET_RUNNING */
function refuseSecond(plan: FleetPlan): void {
  const holder = readLockHolder(stateDirectoryOf(plan));
  if (holder !== null && isAlive(holder)) throw createRunningError(holder.pid, plan.env);
}

async function startInBackground(
  { output }: VerbCall,
  plan: FleetPlan,
  command: Command,
): Promise<number> {
  const master = startMaster({ plan, ...command, isTied: false });
  const word = await master.word;
  if (word?.state === 'running') {
    master.process.disconnect();
    master.process.unref();
    output.print(IN_BACKGROUND);
    output.print(
      `master pid ${String(master.process.pid)}, at ${toPrintable(word.text)}; logs in ${logsOf(plan.base)}`,
    );
    return EXIT.ok;
  }
  if (word !== null) {
    await master.exit;
    throw errorOf(word);
  }
  return describeSilentEnd(master, (text) => {
    output.note(text);
  });
}

/** Starts the master, and shows what it and the servers write until it has ended. @returns with what this process is to end */
export async function startInForeground(
  call: VerbCall,
  plan: FleetPlan,
  command: Command,
): Promise<number> {
  const { mkdirSync } = require('node:fs') as typeof import('node:fs');
  mkdirSync(logsOf(plan.base), { recursive: true, mode: 0o755 });
  const ids = [plan.master.id, ...plan.servers.map(({ id }) => id)];
  const follower = showFleetOutput(plan.base, ids, call);
  const isTied = plan.env === 'development';
  const master = startMaster({ plan, ...command, isTied });
  follower.start();
  const interrupts = forwardSignals(call, master);
  const word = await master.word;
  const { code, signal } = await master.exit;
  interrupts.forget();
  follower.close();
  if (word?.state === 'failed') return exitCodeOf(errorOf(word));
  if (interrupts.count > 1) return EXIT.interrupted;
  return signal === null ? (code ?? EXIT.failed) : 128 + constants.signals[signal];
}

/** The first asks the master to end the fleet in order, the second not to wait. */
function forwardSignals({ output }: VerbCall, { process: master }: StartedMaster): Interrupts {
  const forward = (name: NodeJS.Signals): void => {
    interrupts.count += 1;
    master.kill(name === 'SIGHUP' ? 'SIGTERM' : name);
    if (interrupts.count === 1) output.note('stopping the fleet in order; again: at once');
  };
  for (const name of FORWARDED) process.on(name, forward);
  const interrupts = {
    count: 0,
    forget: () => {
      for (const name of FORWARDED) process.off(name, forward);
    },
  };
  return interrupts;
}

interface Interrupts {
  /** How many have come. */
  readonly count: number;
  readonly forget: () => void;
}

/** It said nothing before it ended: what it wrote has to do. */
async function describeSilentEnd(
  { exit, logFile }: StartedMaster,
  note: (text: string) => void,
): Promise<number> {
  const { code, signal } = await exit;
  note(
    `the master has ended before it ran (${signal ?? `exit code ${String(code)}`}); its last lines in ${logFile}:`,
  );
  for (const line of readTail(logFile, LAST_LINES)) note(toPrintable(line));
  return code === null || code === 0 ? EXIT.failed : code;
}

function errorOf({ code, text }: StartWord): Error {
  const isKnown = code !== undefined && Object.hasOwn(ERROR_CODES, code);
  return isKnown ? new VigilError(code as VigilErrorCode, text) : new Error(text);
}
