import { join } from 'node:path';
import { HttpFront } from '../../lib/session/monitor/http-front.ts';
import type { SessionEventBody } from '../../lib/session/session-event.ts';
import { systemClock } from '../../lib/util/clock.ts';
import { FakePort } from '../http/fake-port.ts';
import { request } from '../support/request.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';

describe('the front of a session', () => {
  it('opens without a file for its key, and warns of that and of whoever guesses at the key', async () => {
    const directory = await makeTempDirectory({ taken: '' });
    const [warnings, told] = [[] as string[], [] as SessionEventBody[]];
    const front = new HttpFront({
      ...{ clock: systemClock, sessionKey: 'the key', control: new FakePort(), parts: [] },
      options: {
        stateDirectory: join(directory, 'taken'),
        http: { port: 0, host: '127.0.0.1', readOnly: false },
      },
      isTakenOver: false,
      tell: (event) => told.push(event),
      warn: (text) => warnings.push(text),
    });
    front.open();
    await waitUntil(
      () => (told.length > 0 ? true : undefined),
      () => 'it does not open',
    );
    expect(told).toEqual([expect.objectContaining({ type: 'control.opened', keyFile: null })]);
    const url = `http://127.0.0.1:${String(front.address?.port)}/status`;
    for (let count = 0; count < 12; count += 1)
      await request(url, { headers: { authorization: `Bearer wrong ${String(count)}` } });
    await front.close();
    expect(warnings).toEqual([
      expect.stringMatching(/^the session key cannot be written down: E/),
      expect.stringMatching(/^control\.http: too many wrong session keys from 127\.0\.0\.1/),
    ]);
    expect(front.address).toBeNull();
  });
});
