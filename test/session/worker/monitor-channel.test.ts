import { createMonitorChannel } from '../../../lib/session/worker/monitor-channel.ts';
import { MonitorInbox } from '../../../lib/session/worker/monitor-inbox.ts';

describe('the channel to the monitor', () => {
  it('says of a message that nobody can get that it was not sent, and does not throw', () => {
    const descriptor = Object.getOwnPropertyDescriptor(process, 'connected');
    Object.defineProperty(process, 'connected', { value: false, configurable: true });
    try {
      const channel = createMonitorChannel(new MonitorInbox(() => undefined));
      const errors: (Error | null)[] = [];
      channel.send({}, (error) => errors.push(error));
      expect(errors).toEqual([
        expect.objectContaining({ message: expect.stringMatching(/closed/) }),
      ]);
      expect(channel.connected).toBe(false);
    } finally {
      if (descriptor === undefined) Reflect.deleteProperty(process, 'connected');
      else Object.defineProperty(process, 'connected', descriptor);
    }
  });
});
