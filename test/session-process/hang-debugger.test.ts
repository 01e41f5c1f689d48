import { once } from 'node:events';
import { WebSocket } from 'ws';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { openControl } from '../support/open-control.ts';
import { waitUntil } from '../support/wait-until.ts';
import { runServer } from './run-server.ts';

const SILENCE_MS = 1000;

/** What a person's debugger does: it connects to the port, pauses, and goes on when told. */
class Person {
  readonly #socket: WebSocket;
  readonly events: string[] = [];
  #id = 0;

  constructor(url: string) {
    this.#socket = new WebSocket(url);
    this.#socket.on('message', (data: Buffer) => {
      const { method } = JSON.parse(data.toString('utf8')) as { method?: string };
      if (method !== undefined) this.events.push(method);
    });
  }

  async connect(): Promise<void> {
    await once(this.#socket, 'open');
    this.ask('Debugger.enable');
  }

  ask(method: string): void {
    this.#id += 1;
    this.#socket.send(JSON.stringify({ id: this.#id, method }));
  }

  async until(method: string): Promise<void> {
    await waitUntil(
      () => (this.events.includes(method) ? true : undefined),
      () => `no ${method}`,
    );
  }

  async leave(): Promise<void> {
    this.#socket.close();
    await once(this.#socket, 'close');
  }
}

describe('a server that a person has paused in a debugger', () => {
  it('is left alone for as long as it is, and watched again after', async () => {
    const session = await runServer('hangs.cjs', {
      set: [`heartbeat.silenceSeconds=${SILENCE_MS / 1000}`, 'serverProcess=child'],
      flags: ['--node-arg=--inspect=127.0.0.1:0'],
    });
    await session.ready();
    const [, url = ''] = await session.vigil.waitForLine(/Debugger listening on (ws:\S+)/);
    const person = new Person(url);
    await person.connect();
    person.ask('Debugger.pause');
    await person.until('Debugger.paused');
    await session.vigil.waitForLine(/warn: the server process .* is held in a debugger/);
    const control = await openControl(session.vigil.stateDirectory);
    await waitUntil(
      async () => {
        const status = (await control.request('GET', '/status')) as {
          worker: { heartbeatAgeMs: number };
        };
        return status.worker.heartbeatAgeMs > 2.5 * SILENCE_MS ? true : undefined;
      },
      () => 'it has died or beats',
    );
    expect(person.events).not.toContain('Debugger.resumed');
    person.ask('Debugger.resume');
    await person.until('Debugger.resumed');
    await person.leave();
    expect(await session.get()).toMatchObject({ status: 200 });
    expect(await session.ofType('hang.detected')).toEqual([]);
    await session.act('/spin');
    expect(await session.event('hang.detected')).toMatchObject({ generation: 1, note: '' });
    await session.ready(2);
    expect((await session.stop()).code).toBe(0);
    await assertNoLeaks();
  });
});
