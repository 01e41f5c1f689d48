/** What is known of one server of a fleet: what its process was started with, or what the configuration says. */
export interface ServerFacts {
  readonly id: string;
  readonly serverType: string;
  readonly host?: string;
  readonly port?: number;
  readonly [key: string]: unknown;
}
