/** Answers a request once; what travels in `error` may be data as well, as the older clients of this protocol expect. */
export type AdminAnswer = (error: unknown, body?: unknown) => void;

/**
 * Something that the master and the servers of a fleet do together, or that clients may ask for.
 *
 * One instance is made on the master and one on each server; every function is optional. A handler that throws or
 * rejects answers its request with the error, and harms nobody else.
 */
export interface AdminModule {
  /** Letters, digits, `_`, `-` and `.`; those between two pairs of underscores are not listed. */
  readonly moduleId?: string;
  /** Who acts by itself: `pull`: the master, `push`: each server. Needs `interval`. */
  readonly type?: 'pull' | 'push';
  /** Seconds from one call to the next. */
  readonly interval?: number;
  /** Seconds until the first call; default 0. */
  readonly delay?: number;
  /** Called once on both sides, after the master listens; one module after the other. */
  start?(done: (error?: unknown) => void): void | Promise<void>;
  /** On a server: what the master sends; `message` is null when its own time has come (`push`). */
  monitorHandler?(agent: MonitorAgent, message: unknown, answer: AdminAnswer): unknown;
  /** On the master: what a server sends; `message` is null when its own time has come (`pull`). */
  masterHandler?(agent: MasterAgent, message: unknown, answer: AdminAnswer): unknown;
  /** On the master: what a client asks for. */
  clientHandler?(agent: MasterAgent, message: unknown, answer: AdminAnswer): unknown;
}

/** Makes a module from the options it was registered with. */
export type AdminModuleFactory<App = unknown> = (options: unknown, app: App) => AdminModule;

/** What a module has at hand on the master. */
export interface MasterAgent {
  /** Asks a server; answered with an error when the server is not there, ends first or does not answer in time. */
  request(serverId: string, moduleId: string, message: unknown, answered: AdminAnswer): void;
  /** @returns whether the server is there */
  notifyById(serverId: string, moduleId: string, message: unknown): boolean;
  notifyByType(serverType: string, moduleId: string, message: unknown): void;
  notifyAll(moduleId: string, message: unknown): void;
  /** @returns whether the client is there */
  notifyClient(clientId: string, moduleId: string, message: unknown): boolean;
  /** Makes every server enable or disable its instance of a module. */
  notifyCommand(command: 'enable' | 'disable', moduleId: string): void;
  /** What a module has left here for itself. */
  get(moduleId: string): unknown;
  set(moduleId: string, value: unknown): void;
}

/** What a module has at hand on a server. */
export interface MonitorAgent {
  readonly id: string;
  readonly type: string;
  /** What the server was started with. */
  readonly info: Readonly<Record<string, unknown>>;
  /** Asks the master; answered with an error when it is away or does not answer in time. */
  request(moduleId: string, message: unknown, answered: AdminAnswer): void;
  /** @returns whether the master is there */
  notify(moduleId: string, message: unknown): boolean;
  /** What a module has left here for itself. */
  get(moduleId: string): unknown;
  set(moduleId: string, value: unknown): void;
}
