import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { manage } from '../../lib/ipc/promisified-ipc-manager.ts';
import type { Broker } from '../../lib/jobs/broker.ts';
import { connectBroker } from '../../lib/jobs/ipc/connect-broker.ts';
import { type BrokerDoor, serveBroker } from '../../lib/jobs/ipc/serve-broker.ts';
import { openBroker } from '../../lib/jobs/open-broker.ts';
import { Inbox } from './inbox.ts';
import { type BrokerRig, describeBroker } from './broker-conformance.ts';

interface Line {
  readonly port: MessagePort;
  readonly door: BrokerDoor;
}

/** Ends of channels to one broker, each as a worker process has it. */
async function openRig(...[settings]: Parameters<Parameters<typeof describeBroker>[1]>) {
  const inner = await openBroker('memory:', settings);
  const lines = new Map<Broker, Line>();
  const hangUp = async (broker: Broker): Promise<void> => {
    const line = lines.get(broker);
    lines.delete(broker);
    line?.port.close();
    await line?.door.close();
  };
  const rig: BrokerRig = {
    connect: async () => {
      const { port1, port2 } = new MessageChannel();
      const door = serveBroker(inner, manage(port1));
      const broker = await connectBroker(manage(port2), {
        onDisconnect: (listener) => port2.once('close', listener),
      });
      lines.set(broker, { port: port2, door });
      return broker;
    },
    kill: hangUp,
    end: async () => {
      for (const broker of [...lines.keys()]) await hangUp(broker);
      await inner.close();
    },
  };
  return { ...rig, inner };
}

describeBroker('a broker at the other end of a channel', openRig);

describe('a broker whose process is gone', () => {
  it('is away, takes nothing, and tells of the deliveries that are lost', async () => {
    const { port1, port2 } = new MessageChannel();
    const inner = await openBroker('memory:');
    const door = serveBroker(inner, manage(port1));
    const broker = await connectBroker(manage(port2), {
      onDisconnect: (listener) => port2.once('close', listener),
    });
    const [jobs, lost] = [new Inbox<unknown>(), new Inbox<unknown>()];
    await broker.consume({ names: ['work'], prefetch: 1, onJob: jobs.put, onLost: lost.put });
    const job = {
      id: 'a/1',
      name: 'work',
      args: '1',
      priority: 5,
      deadline: null,
      replyTo: 'x',
      correlationId: 'c',
      publishedAt: 0,
    };
    await inner.publish(job);
    const delivery = await jobs.next();
    expect(door.jobsHeld.map(({ job: { id } }) => id)).toEqual(['a/1']);
    port1.close();
    expect(await lost.next()).toBe(delivery);
    expect(broker.state).toBe('away');
    await expect(broker.publish(job)).rejects.toMatchObject({ code: 'ERR_BROKER_AWAY' });
    await door.close();
    await broker.close();
    await inner.close();
  });
});
