import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeEvent } from '../../lib/lwes/decode-event.ts';
import type { LwesEvent } from '../../lib/lwes/lwes-event.ts';
import { parseEsf } from '../../lib/lwes/parse-esf.ts';
import { validateEvent } from '../../lib/lwes/validate-event.ts';
import { telemetryName } from '../../lib/session/monitor/telemetry/telemetry-event.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { openUdpInbox } from '../support/udp-inbox.ts';
import { waitUntil } from '../support/wait-until.ts';
import { runServer } from './run-server.ts';

const ESF = parseEsf(readFileSync(join(__dirname, '../../docs/reference/vigil.esf'), 'utf8'));

describe('telemetry', () => {
  it('sends every event of the session, in order, between a startup and a shutdown', async () => {
    const secret = 'correct-horse-battery';
    const inbox = await openUdpInbox();
    const target = `127.0.0.1:${inbox.port}`;
    const session = await runServer('acts.cjs', {
      set: [`telemetry.lwes=${target}`, 'name=shop'],
      env: { DB_PASSWORD: secret },
    });
    await session.ready();
    await session.act(`/fail/${secret}`);
    await session.ready(2);
    await session.stop();
    const read = (): LwesEvent[] => inbox.datagrams.map((bytes) => decodeEvent(bytes));
    await waitUntil(
      () => read().find(({ name }) => name === 'System::Shutdown'),
      () => `no shutdown among ${inbox.datagrams.length}`,
    );
    const sent = read();
    const own = sent.filter(({ name }) => name.startsWith('Vigil::'));
    const logged = await session.all();
    expect(sent.at(0)?.name).toBe('System::Startup');
    expect(sent.at(-1)?.name).toBe('System::Shutdown');
    expect(own.map(({ name }) => name)).toEqual(logged.map(({ type }) => telemetryName(type)));
    expect(own.map((event) => valueOf(event, 'seq'))).toEqual(logged.map(({ seq }) => BigInt(seq)));
    expect(sent.flatMap((event) => validateEvent(event, ESF))).toEqual([]);
    expect(own.every((event) => valueOf(event, 'session') === 'shop')).toBe(true);
    const death = own.find(({ name }) => name === 'Vigil::WorkerExited');
    expect(valueOf(death, 'cause')).toBe('crash');
    expect(Buffer.concat(inbox.datagrams).includes(secret)).toBe(false);
    await inbox.close();
    await assertNoLeaks();
  });

  it.each([
    // An address that needs a permission, and a name that can be none.
    ['255.255.255.255:12345'],
    ['no..such..machine:12345'],
  ])('that cannot be sent to %s is told once, and the session goes on', async (target) => {
    const session = await runServer('acts.cjs', { set: [`telemetry.lwes=${target}`] });
    await session.vigil.waitForLine(/telemetry: .*; events are lost, the session goes on/);
    await session.ready();
    expect((await session.get('/')).status).toBe(200);
    expect(await session.stop()).toMatchObject({ code: 0 });
    const told = session.vigil.lines.filter((line) => line.includes('events are lost'));
    expect(told).toHaveLength(1);
    await assertNoLeaks();
  });
});

function valueOf(event: LwesEvent | undefined, name: string): unknown {
  return event?.attributes.find((attribute) => attribute.name === name)?.value;
}
