import { resolve } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { startNode } from '../support/start-child.ts';

const DEMO = resolve(__dirname, '../../scripts/demo.mjs');
const DEMO_MS = 120_000;

describe('npm run demo', () => {
  it(
    'tells of each failure, of the new processes, the guilty line, the suspect and the mails, and ends with exit code 0',
    async () => {
      const demo = startNode([DEMO]);
      await demo.waitForLine(/noticed as +crash: uncaughtException: TypeError/, DEMO_MS);
      await demo.waitForLine(/noticed as +signal: /, DEMO_MS);
      await demo.waitForLine(/noticed as +health: .*3 polls failed/, DEMO_MS);
      await demo.waitForLine(/noticed as +hang: /, DEMO_MS);
      await demo.waitForLine(
        /mail +.*: hang: .* in isPlain \(scripts\/demo\/shop\.js:\d+\)/,
        DEMO_MS,
      );
      await demo.waitForLine(/suspect +GET \/checkout was in flight in 3 of the last 5/, DEMO_MS);
      await demo.waitForLine(/one mail +.* more of the same since .*TypeError/, DEMO_MS);
      await demo.waitForLine(/The server failed 7 times, and was back 7 times\./, DEMO_MS);
      expect(await demo.waitForExit()).toEqual({ code: 0, signal: null });
      await assertNoLeaks();
    },
    DEMO_MS,
  );

  it(
    'ends what it has started when it is interrupted, with exit code 130',
    async () => {
      const demo = startNode([DEMO]);
      await demo.waitForLine(/^1\. /, DEMO_MS);
      demo.kill('SIGINT');
      expect(await demo.waitForExit()).toEqual({ code: 130, signal: null });
      await assertNoLeaks();
    },
    DEMO_MS,
  );
});
