import { isAlive, readLockHolder } from '../session/monitor/session-lock.ts';
import type { ResolvedSessionOptions } from '../session/options.ts';
import { createTrouble, type Finding } from './finding.ts';
import { isPortFree } from './free-port.ts';

/** Whether the ports of the server and of `control.http` are free, or this session's own. */
export async function inspectPorts(options: ResolvedSessionOptions): Promise<Finding[]> {
  const holder = readLockHolder(options.stateDirectory);
  const isRunning = holder !== null && isAlive(holder);
  const server = await inspectPort(
    { what: 'server port', port: options.ports.server, host: '0.0.0.0', isRunning },
    'find who has it: ss -ltnp or lsof -i; or choose another with --port',
  );
  const { http } = options.control;
  if (http === null) {
    const text = 'off: no dashboard, no metrics (set control.http.port to have them)';
    return [server, { level: 'ok', what: 'control.http', text }];
  }
  const control = { what: 'control.http', port: http.port, host: http.host, isRunning };
  return [server, await inspectPort(control, 'choose another with control.http.port')];
}

interface PortFacts {
  readonly what: string;
  readonly port: number;
  readonly host: string;
  readonly isRunning: boolean;
}

async function inspectPort(facts: PortFacts, todo: string): Promise<Finding> {
  const { what, port, host, isRunning } = facts;
  if (port === 0) return { level: 'ok', what, text: 'any free one' };
  if (await isPortFree(port, host)) return { level: 'ok', what, text: `${port} is free` };
  if (isRunning) return { level: 'ok', what, text: `${port} is in use, and the session runs` };
  return createTrouble('fail', what, [`${port} on ${host} is in use, or not allowed`, todo]);
}
