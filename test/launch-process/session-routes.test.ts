import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { type HttpAnswer, request } from '../support/request.ts';
import { startProgram, type StartedProgram } from './start-program.ts';

const KEY = 'the key / of the shop';

afterEach(async () => {
  await assertNoLeaks();
});

async function ask(program: StartedProgram, path: string, method = 'GET'): Promise<HttpAnswer> {
  const { port } = await program.events.waitFor('worker.listening');
  return request(`http://127.0.0.1:${String(port)}${path}`, { method });
}

describe('sessionRoutes in a supervised Express server', () => {
  it('tells the status, restarts the server and ends the session, for the key alone', async () => {
    const program = await startProgram('session-routes.cjs');
    await program.events.waitFor('worker.ready');
    const key = encodeURIComponent(KEY);
    expect(await ask(program, '/')).toMatchObject({ status: 200, body: 'shop' });
    expect(await ask(program, '/session/other')).toMatchObject({ status: 404 });
    expect(await ask(program, '/session/kill/wrong')).toMatchObject({
      status: 403,
      body: expect.not.stringContaining('session'),
    });
    const status = await ask(program, `/session/status/${key}`);
    expect(JSON.parse(status.body)).toMatchObject({
      name: 'launched',
      monitorPid: program.child.pid,
      worker: { generation: 1 },
    });
    expect(await ask(program, `/session/restart/${key}`, 'POST')).toMatchObject({ status: 202 });
    await program.events.waitFor('worker.ready', ({ generation }) => generation === 2);
    expect(await ask(program, '/')).toMatchObject({ status: 200 });
    expect(await ask(program, `/session/kill/${key}`)).toMatchObject({
      status: 202,
      body: '{"ending":true}\n',
    });
    expect(await program.child.waitForExit()).toMatchObject({ code: 0 });
    expect(await program.events.all()).toContainEqual(
      expect.objectContaining({
        type: 'session.ended',
        reason: 'the server asked for it: asked for over HTTP',
      }),
    );
    const log = readFileSync(join(program.directory, 'state/events.jsonl'), 'utf8');
    expect([log.includes(KEY), log.includes(key)]).toEqual([false, false]);
  });
});
