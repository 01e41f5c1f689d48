/** A client as the jobs see it: one connection that has its session. */
export interface ClientLine {
  /** Its share when not everything can be published at once. */
  readonly weight: number;
  /** @param mark - of what waits under the same mark only the newest is sent */
  say(message: object | string, mark?: string): void;
  /** Whether what is marked so waits still to be sent. */
  isWaiting(mark: string): boolean;
  /** It need not be sent any more. */
  drop(mark: string): void;
  /** Another connection has its session. */
  giveWay(): void;
}
