import { ProcessEvents } from '../../../lib/session/worker/process-events.ts';
import { Watchdog } from '../../../lib/session/worker/watchdog/watchdog.ts';
import { ManualClock } from '../../../lib/testing/manual-clock.ts';

describe('a watchdog whose thread cannot be had', () => {
  it('says so in words, and the server runs all the same', async () => {
    let tell: (text: string) => void = () => undefined;
    const told = new Promise<string>((resolve) => (tell = resolve));
    // Beside the source there is no compiled file of the thread.
    const watchdog = new Watchdog({
      ...{ clock: new ManualClock(), events: new ProcessEvents(), monitorPid: process.pid },
      ...{ heartbeatMs: 1000, silenceMs: 10_000, hangNoteFile: '/nowhere' },
      onStalled: () => undefined,
      onTrouble: tell,
    });
    watchdog.start();
    watchdog.start();
    expect(await told).toMatch(/^the watchdog thread cannot run \(.+\): a blocked server shows no/);
    expect(watchdog.takeLag()).toBeGreaterThanOrEqual(0);
  });
});
