import type { ApplicationFacts } from './application-facts.ts';

/** What was set in an application, by name; what it found out itself is there from the beginning. */
export class Settings {
  readonly #values: Map<string, unknown>;

  constructor(facts: ApplicationFacts) {
    const { base, main, env, serverType, serverId, master, current } = facts;
    this.#values = new Map(
      Object.entries({ base, main, env, serverType, serverId, master, curServer: current }),
    );
  }

  get names(): readonly string[] {
    return [...this.#values.keys()];
  }

  get(name: string): unknown {
    return this.#values.get(name);
  }

  set(name: string, value: unknown): void {
    this.#values.set(name, value);
  }
}
