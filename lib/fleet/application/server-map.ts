import type { ServerFacts } from './server-facts.ts';

/** The servers of the fleet as this process knows them. */
export class ServerMap {
  readonly #servers = new Map<string, ServerFacts>();

  get all(): readonly ServerFacts[] {
    return [...this.#servers.values()];
  }

  find(id: string): ServerFacts | undefined {
    return this.#servers.get(id);
  }

  add(servers: readonly ServerFacts[]): void {
    for (const server of servers) this.#servers.set(server.id, server);
  }

  remove(ids: readonly string[]): void {
    for (const id of ids) this.#servers.delete(id);
  }

  replace(servers: readonly ServerFacts[]): void {
    this.#servers.clear();
    this.add(servers);
  }
}
