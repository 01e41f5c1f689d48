import { join } from 'node:path';
import { MailCatcher } from '../notify-process/mail-catcher.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { EventLog } from '../support/event-log.ts';
import { request } from '../support/request.ts';
import { startNode } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { fixture } from './run-server.ts';

const MEBIBYTE = 1024 * 1024;

let mails: MailCatcher;

beforeEach(async () => {
  mails = await MailCatcher.listen();
});

afterEach(async () => {
  await mails.close();
  await assertNoLeaks();
});

describe('a server process that stays above its memory limit', () => {
  it('is replaced by a successor that was ready before, with one report and one mail', async () => {
    const stateDirectory = join(await makeTempDirectory(), 'state');
    const { transport } = mails;
    const mail = { to: 'ops@example.org', transport, sendSessionKey: false };
    const config = {
      stateDirectory,
      ports: { server: 0 },
      memory: { limitMb: 200 },
      // Ten seconds, the default, pass too quickly here.
      heartbeat: { silenceSeconds: 30 },
      mail,
    };
    const program = [fixture('quick-samples.cjs'), 'grows.cjs', JSON.stringify(config)];
    const monitor = startNode(program);
    const events = new EventLog(join(stateDirectory, 'events.jsonl'));
    const { port } = await events.waitFor('worker.listening');
    await events.waitFor('worker.ready');
    await request(`http://127.0.0.1:${String(port)}/grow`);

    const exceeded = await events.waitFor('memory.limitExceeded');
    expect(exceeded).toMatchObject({ generation: 1, limitBytes: 200 * MEBIBYTE });
    expect(exceeded['rssBytes']).toBeGreaterThan(200 * MEBIBYTE);
    const ready = await events.waitFor('worker.ready', ({ generation }) => generation === 2);
    const exited = await events.waitFor('worker.exited');
    expect(exited).toMatchObject({ generation: 1, cause: 'memory-limit', expected: true, code: 0 });
    expect(exited.seq).toBeGreaterThan(ready.seq);
    await events.waitFor('mail.sent');
    monitor.kill('SIGTERM');
    await monitor.waitForExit();

    const all = await events.all();
    const typesOf = (prefix: string): unknown[] =>
      all.map(({ type }) => type).filter((type) => type.startsWith(prefix));
    expect(typesOf('crash.')).toEqual(['crash.reported']);
    expect(typesOf('restart.')).toEqual([]);
    expect(all.find(({ type }) => type === 'crash.reported')).toMatchObject({
      cause: 'memory-limit',
      generation: 1,
    });
    expect(mails.caught.map(({ source }) => /^Subject: (.*)$/m.exec(source)?.[1])).toEqual([
      expect.stringContaining('memory-limit: replaced in time'),
    ]);
  });
});
