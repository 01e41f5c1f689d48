/** Where a service manager of systemd's kind waits for word from this process. */
export interface NotifyDoor {
  /** A path, or an abstract name with `@` in front. */
  readonly socket: string;
  /** How long it waits for a sign of life before it kills; null when it does not watch. */
  readonly watchdogMs: number | null;
}

export interface FoundDoor {
  readonly door: NotifyDoor | null;
  readonly warnings: readonly string[];
}

const VARIABLES = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'];
/** What fits into an address of a unix socket. */
const LONGEST_SOCKET = 107;

/**
 * Reads how to reach the service manager that has started this process.
 *
 * The variables are removed from `environment`: a server process that found them would speak for the whole session.
 */
export function takeNotifyDoor(environment: NodeJS.ProcessEnv): FoundDoor {
  const { NOTIFY_SOCKET: socket = '', WATCHDOG_USEC, WATCHDOG_PID } = environment;
  for (const name of VARIABLES) Reflect.deleteProperty(environment, name);
  if (!/^(?:\/|@.|vsock)/.test(socket) || Buffer.byteLength(socket) > LONGEST_SOCKET) {
    const found = JSON.stringify(socket.slice(0, 64));
    return { door: null, warnings: [`NOTIFY_SOCKET is ${found}, no address: ignored`] };
  }
  const watchdog = readWatchdog(WATCHDOG_USEC, WATCHDOG_PID);
  return typeof watchdog === 'string'
    ? { door: { socket, watchdogMs: null }, warnings: [watchdog] }
    : { door: { socket, watchdogMs: watchdog }, warnings: [] };
}

/** The time, null when there is none, or in words why it is of no use. */
function readWatchdog(usec: string | undefined, pid: string | undefined): number | string | null {
  if (usec === undefined) return null;
  if (pid !== undefined && pid !== String(process.pid)) {
    return (
      `the watchdog of the service manager is for process ${JSON.stringify(pid.slice(0, 20))}, not for this one: ` +
      'no sign of life is sent. Let it start vigil itself, not npm or a shell script'
    );
  }
  const watchdogMs = Number(usec) / 1000;
  if (Number.isFinite(watchdogMs) && watchdogMs > 0) return watchdogMs;
  return `WATCHDOG_USEC is ${JSON.stringify(usec.slice(0, 64))}, no time: ignored`;
}
