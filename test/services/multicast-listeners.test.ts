import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { LwesEmitter } from '../../lib/lwes/lwes-emitter.ts';
import type { LwesEvent } from '../../lib/lwes/lwes-event.ts';
import { LwesListener } from '../../lib/lwes/lwes-listener.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { type StartedChild, startNode } from '../support/start-child.ts';
import { waitUntil } from '../support/wait-until.ts';

const LOOPBACK = '127.0.0.1';
const GROUP = '239.255.77.1';
const OTHER_GROUP = '239.255.77.2';

const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
  await assertNoLeaks();
});

const tick = (n: number): LwesEvent => ({
  name: 'Tick',
  attributes: [{ name: 'n', type: 'int32', value: n }],
});

const CLI = resolve(__dirname, '../../dist/cli/main.js');
const startVigil = (args: readonly string[]): StartedChild => startNode([CLI, ...args]);

interface Heard {
  readonly listener: LwesListener;
  readonly numbers: number[];
}

async function join(host: string, port: number): Promise<Heard> {
  const listener = new LwesListener({ host, port, interface: LOOPBACK });
  opened.push(listener);
  const numbers: number[] = [];
  listener.on('event', ({ attributes }) => numbers.push(attributes[0]?.value as number));
  await listener.start();
  return { listener, numbers };
}

function emitterTo(host: string, port: number): LwesEmitter {
  const emitter = new LwesEmitter({ host, port, interface: LOOPBACK });
  opened.push(emitter);
  return emitter;
}

function isMember(group: string): boolean {
  const parts = group.split('.').reverse();
  const written = parts.map((part) => Number(part).toString(16).padStart(2, '0')).join('');
  return readFileSync('/proc/net/igmp', 'latin1').includes(written.toUpperCase());
}

async function waitFor(isDone: () => boolean): Promise<void> {
  await waitUntil(
    () => (isDone() ? true : undefined),
    () => 'it did not come to it',
  );
}

describe('multicast', () => {
  it('reaches every listener of the group, and none of another group at the same port', async () => {
    const port = await findFreePorts();
    const [one, two, other] = [
      await join(GROUP, port),
      await join(GROUP, port),
      await join(OTHER_GROUP, port),
    ];
    expect([isMember(GROUP), isMember(OTHER_GROUP)]).toEqual([true, true]);
    const [emitter, otherEmitter] = [emitterTo(GROUP, port), emitterTo(OTHER_GROUP, port)];
    for (let n = 0; n < 300; n++) {
      emitter.emit(tick(n));
      if (n % 3 === 0) otherEmitter.emit(tick(1000 + n));
    }
    await waitFor(() => one.numbers.length + two.numbers.length + other.numbers.length >= 700);
    const all = Array.from({ length: 300 }, (_, n) => n);
    expect(one.numbers).toEqual(all);
    expect(two.numbers).toEqual(all);
    expect(other.numbers).toEqual(all.filter((n) => n % 3 === 0).map((n) => 1000 + n));
    await one.listener.close();
    emitter.emit(tick(300));
    await waitFor(() => two.numbers.length === 301);
    await two.listener.close();
    expect([isMember(GROUP), isMember(OTHER_GROUP)]).toEqual([false, true]);
    await other.listener.close();
    expect(isMember(OTHER_GROUP)).toBe(false);
    await Promise.all([emitter.close(), otherEmitter.close()]);
  });

  it('loses none of 100,000 events unaccounted, for any of its listeners', async () => {
    const port = await findFreePorts();
    const [one, two] = [await join(GROUP, port), await join(GROUP, port)];
    const emitter = emitterTo(GROUP, port);
    for (let n = 0; n < 100_000; n++) {
      emitter.emit(tick(n));
      if (n % 256 === 0) await new Promise(setImmediate);
    }
    await emitter.close();
    expect(emitter.stats).toEqual({ sent: 100_000, failed: 0, dropped: 0 });
    for (const { listener, numbers } of [one, two]) {
      await listener.close();
      const { received, kernelDrops } = listener.stats;
      expect(received + (kernelDrops ?? 0)).toBe(100_000);
      expect(numbers).toHaveLength(received);
      expect(numbers.every((n, at) => at === 0 || n > (numbers[at - 1] ?? 0))).toBe(true);
    }
  });

  it('is sent and shown on the command line by the interface that is named', async () => {
    const port = await findFreePorts();
    const channel = `${GROUP}:${port}`;
    const listen = startVigil(['stream', 'listen', channel, '--interface', LOOPBACK, '-n', '1']);
    await listen.waitForLine(/listening at/);
    const words = ['stream', 'emit', channel, 'Ad', 'id:int32=7', '--interface', LOOPBACK];
    const emit = startVigil(words);
    expect(await emit.waitForExit()).toMatchObject({ code: 0 });
    expect(await listen.waitForExit()).toMatchObject({ code: 0 });
    expect(listen.output.text).toMatch(/ 127\.0\.0\.1:\d+ Ad id=7$/m);
  });
});
