import type { SessionStatus } from '../session-status.ts';

const LONGEST = 200;

/** The state of a session in one line, as `systemctl status` shows it. */
export function describeService(status: SessionStatus): string {
  const text = [TEXTS[status.state](status), ...describeRestarts(status)].join('; ');
  const line = text.replace(/\s+/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

const TEXTS: Readonly<Record<SessionStatus['state'], (status: SessionStatus) => string>> = {
  starting: (status) => `starting: ${nameServer(status)}`,
  running: (status) => `running: ${nameServer(status)}`,
  degraded: (status) => `degraded: the health route of ${nameServer(status)} fails`,
  reloading: (status) => `reloading: ${nameServer(status)}`,
  backingOff: (status) => `no server: ${describeNextStart(status)}${describeDeath(status)}`,
  broken: (status) =>
    `no server, the breaker is open: ${describeNextStart(status)}${describeDeath(status)}`,
  stopping: ({ worker }) => (worker === null ? 'ending' : `ending: the server is ${worker.state}`),
};

function nameServer({ worker }: SessionStatus): string {
  if (worker === null) return 'no server process yet';
  const { generation, pid, port } = worker;
  const where = port === null ? '' : `, port ${String(port)}`;
  return `server #${String(generation)}, pid ${String(pid)}${where}`;
}

function describeNextStart({ breaker }: SessionStatus): string {
  return breaker.nextRetryAt === null
    ? 'the next start is about to come'
    : `next start at ${breaker.nextRetryAt.replace(/\.\d+Z$/, 'Z')}`;
}

function describeDeath({ lastDeath }: SessionStatus): string {
  return lastDeath === null ? '' : `, last death: ${lastDeath.cause}`;
}

function describeRestarts({ restarts: { total } }: SessionStatus): string[] {
  return total === 0 ? [] : [`${String(total)} ${total === 1 ? 'restart' : 'restarts'}`];
}
