import { dirname } from 'node:path';
import type { ProcessEvents } from './process-events.ts';

const STARTERS = ['fork', 'setupPrimary', 'setupMaster'] as const;
const QUESTIONS = ['isPrimary', 'isMaster'] as const;
const ADVICE = 'set "serverProcess": "child" for a server that starts workers of its own';
/** A library that asks again and again must not pay for each time. */
const MOST_LOOKS = 50;
/** What an import of a name says that the cluster module of a worker does not have. */
const NO_SUCH_EXPORT = /cluster.* export named '(?:fork|setupPrimary|setupMaster)'/;

/** This package's own folder, whose reads are no sign of anything. */
const OWN_FOLDER = dirname(dirname(__dirname));

type Host = Record<string, unknown>;

/**
 * Tells the operator when a server wants to be the primary of a cluster, which it cannot be in a cluster
 * worker: `fork` does not exist there, and `isPrimary` is false, so that most such servers quietly serve
 * with one process. Questions of libraries and of Node itself do not count: they ask on principle.
 */
export class ClusterHints {
  readonly #tell: (text: string) => void;
  #looks = 0;
  #hasAsked = false;
  #hasTold = false;

  constructor(tell: (text: string) => void) {
    this.#tell = tell;
  }

  install(events: ProcessEvents): void {
    const cluster = require('node:cluster') as unknown as Host;
    if (cluster['isWorker'] !== true) return;
    for (const name of QUESTIONS) this.#observe(cluster, name, () => (this.#hasAsked = true));
    for (const name of STARTERS) {
      this.#observe(cluster, name, () => {
        this.#tellOnce(`the server uses cluster.${name}, which a cluster worker does not have`);
      });
    }
    events.intercept('uncaughtExceptionMonitor', (error) => {
      if (error instanceof SyntaxError && NO_SUCH_EXPORT.test(error.message))
        this.#tellOnce('the server imports from node:cluster what a cluster worker does not have');
      return false;
    });
  }

  /** The server is ready. One that was made for Vigil knows in which process it runs; it has asked for that. */
  noteReady(isMadeForVigil: boolean): void {
    if (this.#hasAsked && !isMadeForVigil)
      this.#tellOnce('the server asks for cluster.isPrimary, which is false here');
  }

  #tellOnce(what: string): void {
    if (this.#hasTold) return;
    this.#hasTold = true;
    this.#tell(`${what}: ${ADVICE}`);
  }

  /** Lets the property be what it was, but says when code of the server's own reads it. */
  #observe(cluster: Host, name: string, onRead: () => void): void {
    const before = Object.getOwnPropertyDescriptor(cluster, name);
    if (before?.configurable === false) return;
    const value = cluster[name];
    const restore = (own: unknown): void => {
      if (before === undefined && own === undefined) Reflect.deleteProperty(cluster, name);
      else Object.defineProperty(cluster, name, { ...PLAIN, value: own });
    };
    const get = (): unknown => {
      this.#looks += 1;
      const isOwn = this.#looks <= MOST_LOOKS && isServersOwn(findReader(get));
      if (isOwn) onRead();
      if (isOwn || this.#looks >= MOST_LOOKS) restore(value);
      return value;
    };
    const enumerable = before?.enumerable ?? false;
    Object.defineProperty(cluster, name, { configurable: true, enumerable, get, set: restore });
  }
}

const PLAIN = { configurable: true, enumerable: true, writable: true };

/** Whether a file is the server's: neither Node's, nor ours, nor a library's. */
function isServersOwn(file: string): boolean {
  // Node itself reads it at every listen, which is to cost nothing.
  if (file === '' || file.startsWith('node:') || file.includes(OWN_FOLDER)) return false;
  return !/[\\/]node_modules[\\/]/.test(file);
}

/** The file of the code that calls `get`. The server may have its own way of printing stacks, which is left alone. */
function findReader(get: () => unknown): string {
  const { stackTraceLimit } = Error;
  const prepare: unknown = Reflect.get(Error, 'prepareStackTrace');
  try {
    Error.stackTraceLimit = 1;
    Error.prepareStackTrace = (_error, [site]) => site?.getFileName() ?? '';
    const holder: { stack?: unknown } = {};
    Error.captureStackTrace(holder, get);
    return String(holder.stack);
  } finally {
    Reflect.set(Error, 'prepareStackTrace', prepare);
    Error.stackTraceLimit = stackTraceLimit;
  }
}
