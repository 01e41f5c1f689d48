/** What the watchdog thread is told at its start. */
export interface WatchdogSettings {
  readonly monitorPid: number;
  /** `NAME=value` in the environment of the server and all it has started; null when it is not known. */
  readonly marker: string | null;
}
