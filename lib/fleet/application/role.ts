/**
 * What a process of a fleet is besides the application in it: the master, or a server that registers with it.
 *
 * Each function is called at most once, `stop` also while another one is under way.
 */
export interface Role {
  /** After every component's `start`. */
  start(): Promise<void>;
  /** After every component's `afterStart`. */
  afterStart(): Promise<void>;
  /** The start is finished. */
  started(): void;
  /** Before any component stops. */
  beforeStop(force: boolean): Promise<void>;
  /** After every component has stopped. */
  afterStop(): Promise<void>;
}
