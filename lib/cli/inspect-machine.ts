import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { resolveControlSocketPath } from '../http/control-socket-path.ts';
import type { ResolvedMail, ResolvedSessionOptions } from '../session/options.ts';
import type { Clock } from '../util/clock.ts';

/** One thing that was looked at. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail';
  readonly what: string;
  readonly text: string;
}

/** Looks at what a session would need of this machine. Nothing is started, and no mail is sent. */
export async function inspectMachine(
  options: ResolvedSessionOptions,
  clock: Clock,
): Promise<Finding[]> {
  return [
    inspectNode(),
    { level: 'ok', what: 'configuration', text: options.configFile ?? 'none, the defaults hold' },
    inspectStateDirectory(options.stateDirectory),
    inspectInit(),
    inspectFileLimit(),
    await inspectMail(options.mail, clock),
  ];
}

const OLDEST_NODE = [20, 19] as const;

function inspectNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldest, oldestMinor] = OLDEST_NODE;
  const isFit = major > oldest || (major === oldest && minor >= oldestMinor);
  const text = `${process.version} at ${process.execPath}`;
  return isFit
    ? { level: 'ok', what: 'Node', text }
    : { level: 'fail', what: 'Node', text: `${text}: ${oldest}.${oldestMinor} or newer is needed` };
}

/** It may not be there yet; then the first folder above it that is must be writable. */
function inspectStateDirectory(directory: string): Finding {
  const what = 'state directory';
  let existing = directory;
  while (!existsSync(existing)) existing = dirname(existing);
  try {
    accessSync(existing, constants.R_OK | constants.W_OK | constants.X_OK);
    if (!statSync(existing).isDirectory())
      return { level: 'fail', what, text: `${existing} is a file` };
  } catch {
    return {
      level: 'fail',
      what,
      text: `${existing} cannot be written: choose another --state-dir`,
    };
  }
  const socket = resolveControlSocketPath(directory);
  const note = dirname(socket) === directory ? '' : `, its socket at ${socket}`;
  return { level: 'ok', what, text: `${directory}${note}` };
}

/** Node as the first process of a container does not wait for the orphans that fall to it. */
function inspectInit(): Finding {
  const what = 'first process';
  const name = readOrEmpty('/proc/1/comm').trim();
  if (process.pid !== 1 && name !== 'node') {
    return { level: 'ok', what, text: name === '' ? 'not told by this system' : name };
  }
  const text = 'node is PID 1: ended orphans stay as zombies. Use an init, as in docker run --init';
  return { level: 'warn', what, text };
}

const FEW_FILES = 4096;

function inspectFileLimit(): Finding {
  const what = 'open files';
  const limit = /^Max open files\s+(\S+)/m.exec(readOrEmpty('/proc/self/limits'))?.[1];
  if (limit === undefined) return { level: 'ok', what, text: 'limit not told by this system' };
  return Number(limit) < FEW_FILES
    ? {
        level: 'warn',
        what,
        text: `at most ${limit}: each connection takes one. Raise it with ulimit -n`,
      }
    : { level: 'ok', what, text: `at most ${limit}` };
}

async function inspectMail(mail: ResolvedMail | null, clock: Clock): Promise<Finding> {
  const what = 'mail';
  if (mail === null)
    return { level: 'warn', what, text: 'not configured: nobody is told of a crash' };
  const server = readMailServer(mail.transport);
  if (server === null)
    return { level: 'ok', what, text: `to ${mail.to.join(', ')}, by a transport of its own` };
  const failure = await tryConnection(server, clock);
  const name = `${server.host}:${server.port}`;
  return failure === null
    ? {
        level: 'ok',
        what,
        text: `to ${mail.to.join(', ')}; ${name} can be reached (try: vigil test-alert)`,
      }
    : { level: 'fail', what, text: `the mail server ${name} cannot be reached: ${failure}` };
}

interface MailServer {
  readonly host: string;
  readonly port: number;
}

function readMailServer(transport: ResolvedMail['transport']): MailServer | null {
  if (typeof transport !== 'string') {
    const { host, port, secure } = transport;
    if (typeof host !== 'string') return null;
    return { host, port: typeof port === 'number' ? port : defaultPort(secure === true) };
  }
  try {
    const { protocol, hostname, port } = new URL(transport);
    const host = hostname.replace(/^\[|\]$/g, '');
    return { host, port: port === '' ? defaultPort(protocol === 'smtps:') : Number(port) };
  } catch {
    return null;
  }
}

function defaultPort(isSecure: boolean): number {
  return isSecure ? 465 : 587;
}

const CONNECT_MS = 5000;

/** Resolves with what went wrong, or null. */
function tryConnection(server: MailServer, clock: Clock): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect(server);
    const settle = (failure: string | null): void => {
      timer.cancel();
      socket.destroy();
      resolve(failure);
    };
    const timer = clock.setTimer(CONNECT_MS, () => {
      settle(`no connection within ${CONNECT_MS / 1000} s`);
    });
    socket.once('connect', () => {
      settle(null);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      settle(error.code ?? error.message);
    });
  });
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
