import { Worker } from 'node:worker_threads';
import { bindSocket, canBindOnly } from '../process/listener/bind-socket.ts';
import type { ResolvedSessionOptions } from '../session/options.ts';
import type { Clock } from '../util/clock.ts';
import { createTrouble, type Finding } from './finding.ts';

const OLDEST_NODE = [20, 19] as const;

/** Whether this Node is new enough. */
export function inspectNode(version: string, path: string): Finding {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const [oldest, oldestMinor] = OLDEST_NODE;
  const isFit = major > oldest || (major === oldest && minor >= oldestMinor);
  if (isFit) return { level: 'ok', what: 'Node', text: `${version} at ${path}` };
  return createTrouble('fail', 'Node', [
    `${version} at ${path} is too old`,
    `install Node ${oldest}.${oldestMinor} or newer`,
  ]);
}

/** What this system lacks of what Linux has. */
export function inspectPlatform(platform: string, arch: string): Finding {
  const what = 'system';
  if (platform === 'linux') return { level: 'ok', what, text: `${platform} ${arch}` };
  if (platform === 'win32') {
    return createTrouble('fail', what, [
      'Windows has no signals, process groups and handed-over sockets as Vigil needs them',
      'run it in WSL 2 or in a container',
    ]);
  }
  const text = `${platform} ${arch}: less evidence after a death than on Linux`;
  return createTrouble('warn', what, [text, 'nothing, or see docs/reference/platforms.md']);
}

/** Whether a socket can be bound without accepting from it, as the monitor does for the server. */
export function inspectHeldSocket({ socket }: Pick<ResolvedSessionOptions, 'socket'>): Finding {
  const what = 'held socket';
  if (!socket.hold) {
    return createTrouble('warn', what, [
      'off in the configuration: connections are refused while no server runs',
      'take "socket.hold" out, unless there is a reason',
    ]);
  }
  if (!canBindOnly() || !tryToBind()) {
    return createTrouble('warn', what, [
      'this Node cannot hold one: connections are refused while no server runs',
      'use a released version of Node, 20.19 or newer',
    ]);
  }
  return { level: 'ok', what, text: 'the monitor can keep the port while a server is replaced' };
}

function tryToBind(): boolean {
  const place = { address: '127.0.0.1', port: 0, addressType: 4, flags: 0, index: 0 };
  const { handle } = bindSocket(place);
  handle?.close();
  return handle !== null;
}

const INSPECT_FLAG = /--inspect(?:-brk|-wait|-port|-publish-uid)?(?:[= ]|$)/;

/** Flags that open an inspector in every process, and whoever traces this one. */
export function inspectDebugging(
  nodeOptions: string,
  { tracerPid, ptraceScope }: { tracerPid: number; ptraceScope: string },
): Finding {
  const what = 'debugging';
  if (INSPECT_FLAG.test(nodeOptions)) {
    return createTrouble('warn', what, [
      'NODE_OPTIONS opens an inspector in every process, the monitor first: the server finds its port taken',
      'unset it, and give the flag to the server alone: --node-arg=--inspect',
    ]);
  }
  if (tracerPid > 0) {
    return createTrouble('warn', what, [
      `this process is traced by pid ${tracerPid}: a server that is stopped by a tracer looks hung`,
      'end strace or the debugger before you trust a hang that is reported',
    ]);
  }
  const scope =
    ptraceScope === '' || ptraceScope === '0' ? '' : '; gdb and strace may attach as root only';
  return { level: 'ok', what, text: `no inspector, no tracer${scope}` };
}

/** Node as the first process of a container does not wait for the orphans that fall to it. */
export function inspectFirstProcess(name: string, isFirst: boolean): Finding {
  const what = 'first process';
  if (!isFirst && name !== 'node') {
    return {
      level: 'ok',
      what,
      text: name === '' ? 'not told by this system' : `PID 1 is ${name}`,
    };
  }
  return createTrouble('warn', what, [
    'node is PID 1: ended orphans stay as zombies',
    'use an init, as in docker run --init',
  ]);
}

// What the watchdog does: a session with the main thread, from another thread, without a port.
const TRIAL = `
const { Session } = require('node:inspector');
const { parentPort } = require('node:worker_threads');
const session = new Session();
// A question that waits for its answer keeps no thread alive.
const hold = setInterval(() => undefined, 1000);
session.connectToMainThread();
session.post('Runtime.evaluate', { expression: '6 * 7' }, (error, answer) => {
  parentPort.postMessage(error === null && answer.result.value === 42);
  session.disconnect();
  clearInterval(hold);
});`;
const TRIAL_MS = 5000;

/** Whether another thread can ask the main thread for its stack. */
export async function inspectWatchdog(
  { watchdog }: Pick<ResolvedSessionOptions, 'watchdog'>,
  clock: Clock,
): Promise<Finding> {
  const what = 'watchdog';
  if (!watchdog) {
    return createTrouble('warn', what, [
      'off in the configuration: no stack of a stuck loop, and orphans when the monitor is killed',
      'take "watchdog" out, unless there is a reason',
    ]);
  }
  const failure = await tryWatchdog(clock);
  if (failure === null) return { level: 'ok', what, text: 'can take the stack of a stuck loop' };
  return createTrouble('warn', what, [
    `cannot take the stack of a stuck loop: ${failure}`,
    'look for --permission, --disable-sigusr1 or a Node built without the inspector',
  ]);
}

function tryWatchdog(clock: Clock): Promise<string | null> {
  if ((process.features as { inspector?: boolean }).inspector === false)
    return Promise.resolve('this Node has no inspector');
  return new Promise((resolve) => {
    let worker: Worker | undefined;
    const settle = (failure: string | null): void => {
      timer.cancel();
      void worker?.terminate();
      resolve(failure);
    };
    const timer = clock.setTimer(TRIAL_MS, () => {
      settle(`no answer within ${TRIAL_MS / 1000} s`);
    });
    try {
      worker = new Worker(TRIAL, { eval: true, execArgv: [] });
      worker.once('message', (isRight: unknown) => {
        settle(isRight === true ? null : 'it answered something else');
      });
      worker.once('error', (error) => {
        settle(error.message);
      });
      worker.once('exit', () => {
        settle('the thread ended without an answer');
      });
    } catch (error) {
      settle((error as Error).message);
    }
  });
}
