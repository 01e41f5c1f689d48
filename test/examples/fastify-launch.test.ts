import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { request } from '../support/request.ts';
import { startNode } from '../support/start-child.ts';
import { portOf } from './port-of.ts';
import { makeProject } from './project-sandbox.ts';

describe('example 02-fastify-launch', () => {
  it('closes Fastify in its exit handler, after a rejection and at the end of the session', async () => {
    const cwd = await makeProject(['fastify'], '02-fastify-launch');
    const launched = startNode(['start.mjs'], { cwd, env: { PORT: '0' } });
    const first = await portOf(launched, 1);
    expect((await request(`http://127.0.0.1:${first}/health`)).status).toBe(200);

    await request(`http://127.0.0.1:${first}/newsletter`).catch(() => undefined);
    await launched.waitForLine(/closed Fastify, because it crashed: the list of readers is empty/);
    await launched.waitForLine(/noted for the weekly report: rejection/);
    const second = await portOf(launched, 2);
    expect(JSON.parse((await request(`http://127.0.0.1:${second}/`)).body)).toMatchObject({
      shop: 'tea',
    });

    launched.kill('SIGTERM');
    await launched.waitForLine(/closed Fastify, because the session ends/);
    expect(await launched.waitForExit()).toEqual({ code: 0, signal: null });
    await assertNoLeaks();
  });
});
