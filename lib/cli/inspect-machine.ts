import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { EVENT_LOG_NAME } from '../session/monitor/event-log.ts';
import type { ResolvedSessionOptions } from '../session/options.ts';
import type { Clock } from '../util/clock.ts';
import type { Finding } from './finding.ts';
import {
  inspectSharedMemory,
  inspectStateDirectory,
  judgeDisk,
  measureDisk,
} from './inspect-disk.ts';
import { inspectClock, inspectFileLimit, inspectMemory } from './inspect-limits.ts';
import { inspectMail } from './inspect-mail.ts';
import { inspectPorts } from './inspect-ports.ts';
import {
  inspectDebugging,
  inspectFirstProcess,
  inspectHeldSocket,
  inspectNode,
  inspectPlatform,
  inspectWatchdog,
} from './inspect-runtime.ts';

/** Looks at what a session would need of this machine. Nothing is started, and no mail is sent. */
export async function inspectMachine(
  options: ResolvedSessionOptions,
  clock: Clock,
): Promise<Finding[]> {
  const began = { now: clock.now(), wallTime: clock.wallTime() };
  const asked = Promise.all([
    inspectWatchdog(options, clock),
    inspectPorts(options),
    inspectMail(options, clock),
  ]);
  const { stateDirectory, configFile } = options;
  const directory = inspectStateDirectory(stateDirectory);
  const [watchdog, ports, mail] = await asked;
  return [
    inspectNode(process.version, process.execPath),
    inspectPlatform(process.platform, process.arch),
    { level: 'ok', what: 'configuration', text: configFile ?? 'none, the defaults hold' },
    directory,
    ...(directory.level === 'ok' ? [judgeDisk(measureDisk(stateDirectory, clock))] : []),
    inspectSharedMemory(),
    inspectHeldSocket(options),
    ...ports,
    watchdog,
    inspectDebugging(process.env['NODE_OPTIONS'] ?? '', readTracing()),
    inspectFirstProcess(readOrEmpty('/proc/1/comm').trim(), process.pid === 1),
    inspectFileLimit(readOrEmpty('/proc/self/limits')),
    inspectMemory(readMemory(), options),
    inspectClock({
      now: clock.wallTime(),
      stepMs: clock.wallTime() - began.wallTime - (clock.now() - began.now),
      latestWritten: readLatestWritten(stateDirectory),
      wantedZone: process.env['TZ'] ?? '',
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    }),
    mail,
  ];
}

function readTracing(): { tracerPid: number; ptraceScope: string } {
  return {
    tracerPid: Number(/^TracerPid:\s+(\d+)/m.exec(readOrEmpty('/proc/self/status'))?.[1] ?? 0),
    ptraceScope: readOrEmpty('/proc/sys/kernel/yama/ptrace_scope').trim(),
  };
}

// What is told where there is no limit is larger than any memory.
const NO_LIMIT = 2 ** 60;

function readMemory(): { groupBytes: number | null; heapBytes: number } {
  const bytes = process.constrainedMemory();
  const isLimited = bytes > 0 && bytes < NO_LIMIT;
  return {
    groupBytes: isLimited ? bytes : null,
    heapBytes: getHeapStatistics().heap_size_limit,
  };
}

function readLatestWritten(stateDirectory: string): number | null {
  try {
    return statSync(join(stateDirectory, EVENT_LOG_NAME)).mtimeMs;
  } catch {
    return null;
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
