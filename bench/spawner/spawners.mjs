// Spawners whose servers are all the same program, `on-demand.cjs`.
import { once } from 'node:events';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '../support/free-port.mjs';
import { pause } from '../support/pause.mjs';
import { Running } from '../support/running.mjs';

export const PROGRAMS = fileURLToPath(new URL('programs/', import.meta.url));
const LOOK_EVERY_MS = 5;
const WITHIN_MS = 20_000;

/** Gives `use` a client of a spawner that keeps `warm` servers started, for as long as it takes. */
export async function useSpawner({ workplace, warm = 0 }, use) {
  const begin = await findFreePort();
  const contender = {
    name: 'the spawner',
    programs: PROGRAMS,
    command: () => {
      const command = [process.execPath, 'on-demand.cjs', '{id}', '{port}', '{liveliness}'];
      const config = { command, warm, ports: { begin, max: 8 }, stateDirectory: 'state' };
      return { args: ['spawner.cjs'], env: { BENCH_CONFIG: JSON.stringify(config) } };
    },
  };
  return Running.use(contender, { workplace }, async (running) => {
    const client = new SpawnerClient(running);
    await client.awaitServing();
    return use(client);
  });
}

class SpawnerClient {
  #running;
  #url;

  constructor(running) {
    this.#running = running;
    this.#url = `http://127.0.0.1:${running.port}`;
  }

  async awaitServing() {
    for (const end = performance.now() + WITHIN_MS; performance.now() < end;) {
      const answer = await ask('GET', `${this.#url}/healthz`).catch(() => null);
      if (answer?.status === 200) return;
      await pause(LOOK_EVERY_MS);
    }
    throw new Error(`the spawner never served: ${this.#running.output}`);
  }

  /** A new server; `proxied` is where its spawner leads to it. */
  async spawn() {
    const { status, body } = await ask('POST', `${this.#url}/spawn`);
    if (status !== 201) throw new Error(`no server: ${status} ${body}`);
    const { id, endpoint } = JSON.parse(body);
    return {
      id,
      direct: endpoint.replace('localhost', '127.0.0.1'),
      proxied: `${this.#url.replace('http', 'ws')}/proxy/${id}`,
    };
  }

  /** Ends a server; resolves when it is gone. */
  async end(id) {
    await ask('DELETE', `${this.#url}/api/spawns/${id}`);
    await this.#awaitRows((rows) => rows.find((row) => row.id === id)?.state === 'dead');
  }

  /** Resolves when a server waits for whoever asks next. */
  async awaitSpare() {
    await this.#awaitRows((rows) => rows.some(({ spare, state }) => spare && state === 'ready'));
  }

  async #awaitRows(isAsWanted) {
    for (const end = performance.now() + WITHIN_MS; performance.now() < end;) {
      const { body } = await ask('GET', `${this.#url}/api/spawns`);
      if (isAsWanted(JSON.parse(body).spawns)) return;
      await pause(LOOK_EVERY_MS);
    }
    throw new Error(`a server did not do as it was told: ${this.#running.output}`);
  }
}

async function ask(method, url) {
  const outgoing = request(url, { method, agent: false }).end();
  const [incoming] = await once(outgoing, 'response');
  let body = '';
  for await (const chunk of incoming.setEncoding('utf8')) body += chunk;
  return { status: incoming.statusCode, body };
}
