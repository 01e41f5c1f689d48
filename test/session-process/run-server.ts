import { readFileSync, readdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { LoggedEvent } from '../support/event-log.ts';
import { type HttpAnswer, type RequestOptions, request } from '../support/request.ts';
import { type SpawnedVigil, spawnVigil } from '../support/spawn-vigil.ts';
import type { ChildExit, StartOptions } from '../support/start-child.ts';

const FIXTURES = join(__dirname, '../fixtures/session');

// Quick enough for a test, slow enough for a busy machine.
const QUICK = [
  'polling.intervalSeconds=0.2',
  'heartbeat.intervalSeconds=0.2',
  'restart.backoff.baseSeconds=0.05',
];

export interface ServerRun extends StartOptions {
  /** Configuration keys, beside those that make everything quick. */
  readonly set?: readonly string[];
  /** Further flags of `vigil run`. */
  readonly flags?: readonly string[];
  /** Arguments of the server. */
  readonly args?: readonly string[];
  /** Default '0', any free one. */
  readonly port?: string;
  /** Reads commands from standard input. */
  readonly repl?: boolean;
}

/** A little less than the patience of the monitor. */
const SOON_MS = 1900;

/** The path of a fixture program of this folder's tests. */
export function fixture(name: string): string {
  return join(FIXTURES, name);
}

/** Starts `vigil run` on a fixture, or on a file at an absolute path or one with `..`. */
export async function runServer(entry: string, run: ServerRun = {}): Promise<Session> {
  const { set = [], flags = [], args = [], port = '0', repl = false, ...options } = run;
  const settings = [...QUICK, ...set].flatMap((setting) => ['--set', setting]);
  const path = isAbsolute(entry) || entry.startsWith('.') ? entry : fixture(entry);
  const console = repl ? [] : ['--no-repl'];
  const words = ['run', path, '--port', port, ...console, ...settings, ...flags, '--', ...args];
  return new Session(await spawnVigil(words, options));
}

/** A session under test, read through what it writes for everybody: its events, reports and output. */
export class Session {
  readonly vigil: SpawnedVigil;

  constructor(vigil: SpawnedVigil) {
    this.vigil = vigil;
  }

  /** The first event of the type, of this generation or as the function wants it. */
  event(
    type: string,
    wanted: number | ((event: LoggedEvent) => boolean) = () => true,
  ): Promise<LoggedEvent> {
    const accepts =
      typeof wanted === 'number'
        ? (event: LoggedEvent): boolean => event['generation'] === wanted
        : wanted;
    return this.vigil
      .events()
      .waitFor(type, accepts)
      .catch((cause: unknown) => {
        const said = this.vigil.lines.join('\n');
        throw new Error(`${String(cause)}\nits output:\n${said}`, { cause });
      });
  }

  ready(generation = 1): Promise<LoggedEvent> {
    return this.event('worker.ready', generation);
  }

  exited(generation = 1): Promise<LoggedEvent> {
    return this.event('worker.exited', generation);
  }

  all(): Promise<LoggedEvent[]> {
    return this.vigil.events().all();
  }

  async ofType(type: string): Promise<LoggedEvent[]> {
    return (await this.all()).filter((event) => event.type === type);
  }

  /** Asks the server process that listened last, once one listens. */
  async get(path = '/', options: RequestOptions = {}): Promise<HttpAnswer> {
    return request(`http://127.0.0.1:${await this.port()}${path}`, options);
  }

  async port(): Promise<string> {
    const isPort = (event: LoggedEvent): boolean => typeof event['port'] === 'number';
    await this.event('worker.listening', isPort);
    return String((await this.ofType('worker.listening')).filter(isPort).at(-1)?.['port']);
  }

  /**
   * Whether each process listened so soon after the death before it that clients were to wait for it. Where it
   * takes two seconds, as on a machine that has much else to do, they are told to come again.
   */
  async wasSoonBack(): Promise<boolean> {
    const events = await this.all();
    const gaps = events.flatMap(({ type, at }, index) => {
      if (type !== 'worker.exited') return [];
      const next = events.slice(index).find((event) => event.type === 'worker.listening');
      return next === undefined ? [] : [Date.parse(next.at) - Date.parse(at)];
    });
    return gaps.every((gap) => gap < SOON_MS);
  }

  /** Asks the server to do something to itself, such as to end before it can answer. */
  async act(path: string): Promise<void> {
    await this.get(path).catch(() => undefined);
  }

  /** The crash reports on disk, oldest first. */
  reports(): Record<string, unknown>[] {
    const directory = join(this.vigil.stateDirectory, 'crashes');
    return readdirSync(directory)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')));
  }

  /** Ends the session in order and checks its books. */
  async stop(): Promise<ChildExit> {
    this.vigil.child.kill('SIGTERM');
    return this.ended();
  }

  /** Waits for the end of the session and checks its books. */
  async ended(): Promise<ChildExit> {
    const exit = await this.vigil.waitForExit();
    this.#checkBooks(await this.all());
    return exit;
  }

  /** Every process that was started has ended once, and every unexpected end was reported once. */
  #checkBooks(events: readonly LoggedEvent[]): void {
    const generationsOf = (type: string): unknown[] =>
      events.filter((event) => event.type === type).map((event) => event['generation']);
    expect(generationsOf('worker.exited').sort()).toEqual(generationsOf('worker.forked').sort());
    const unexpected = events.filter(
      (event) => event.type === 'worker.exited' && event['expected'] === false,
    );
    expect(generationsOf('crash.reported')).toEqual(unexpected.map((event) => event['generation']));
    expect(events.map((event) => event.seq)).toEqual(events.map((_event, index) => index + 1));
    expect(events.at(0)?.type).toBe('session.started');
    expect(events.at(-1)?.type).toBe('session.ended');
    if (unexpected.length === 0) return;
    expect(this.reports().map((report) => [report['generation'], report['cause']])).toEqual(
      unexpected.map((event) => [event['generation'], event['cause']]),
    );
  }
}
