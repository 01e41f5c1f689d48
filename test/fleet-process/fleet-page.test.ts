import { readFileSync } from 'node:fs';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { makeFleet } from './start-fleet.ts';

const SCRIPT = '<script>alert(1)</script>';

afterEach(() => assertNoLeaks());

it('the page of a fleet is there for everybody, what it shows for who has the key', async () => {
  const servers = { 'chat-1': { behave: 'crash', cry: SCRIPT }, 'gate-1': {} };
  const fleet = await makeFleet(servers, 'production', { adminHttpPort: 0 });
  const master = fleet.startInFront();
  const [, url = '', keyFile = ''] = await master.waitForLine(
    /page of the fleet is (\S+), its key is in (.+)$/,
  );
  await fleet.state('gate-1', 'ready');
  await fleet.state('chat-1', 'down');
  const page = await fetch(url);
  expect([page.status, page.headers.get('content-type')]).toEqual([
    200,
    'text/html; charset=utf-8',
  ]);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  const [, script = ''] = /src="\.\/(assets\/[^"]+\.js)"/.exec(await page.text()) ?? [];
  expect((await fetch(`${url}${script}`)).status).toBe(200);
  for (const key of [null, 'not-the-key-of-this-fleet']) {
    const headers: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
    expect((await fetch(`${url}overview`, { headers })).status).toBe(401);
  }
  const key = readFileSync(keyFile, 'utf8').trim();
  const authorization = `Bearer ${key}`;
  const strange = { authorization, origin: 'https://evil.example' };
  expect((await fetch(`${url}overview`, { headers: strange })).status).toBe(403);
  const answer = await fetch(`${url}overview`, { headers: { authorization } });
  expect(await answer.json()).toMatchObject({
    env: 'production',
    hosts: [{ host: '127.0.0.1', state: 'here', servers: 2 }],
    servers: [
      { serverId: 'chat-1', cause: 'exit' },
      { serverId: 'gate-1', phase: 'ready', connections: expect.any(Number) as number },
    ],
    crashes: expect.arrayContaining([
      expect.objectContaining({ id: 'chat-1', lastWords: [SCRIPT] }),
    ]) as unknown,
  });
  master.kill('SIGTERM');
  expect((await master.waitForExit()).code).toBe(0);
});
