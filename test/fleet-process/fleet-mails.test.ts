import { MailCatcher } from '../notify-process/mail-catcher.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeFleet } from './start-fleet.ts';

afterEach(() => assertNoLeaks());

it('the master mails what several servers have died of once, and names them', async () => {
  const catcher = await MailCatcher.listen();
  const entry = { behave: 'crash', 'auto-restart': 'false' };
  const ids = ['chat-1', 'chat-2', 'gate-1'];
  const servers = Object.fromEntries(ids.map((id) => [id, entry]));
  const mail = { to: 'operator@example.com', transport: catcher.transport };
  const fleet = await makeFleet(servers, 'production', { mail });
  const master = fleet.startInFront();
  for (const id of ids) await fleet.state(id, 'down');
  await waitUntil(
    () => Promise.resolve(catcher.caught[0]),
    () => 'no mail',
    30_000,
  );
  master.kill('SIGTERM');
  expect((await master.waitForExit()).code).toBe(0);
  // Those that died late, on a busy machine, are in a digest.
  const told = catcher.caught.map(({ source }) => source);
  expect(told.filter((source) => !source.includes('more of the same'))).toHaveLength(1);
  expect(catcher.caught[0]?.to).toEqual(['operator@example.com']);
  for (const id of ids) expect(told.join('\n')).toContain(`${id} on 127.0.0.1, once`);
  await catcher.close();
});
