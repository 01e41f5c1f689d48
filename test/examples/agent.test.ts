import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { request } from '../support/request.ts';
import { startNode } from '../support/start-child.ts';
import { portOf } from './port-of.ts';
import { makeProject } from './project-sandbox.ts';

describe('example 03-agent', () => {
  it('keeps what the server told the monitor across a crash, and runs the exit handlers', async () => {
    const cwd = await makeProject([], '03-agent');
    const agent = startNode(['agent.mjs'], { cwd, env: { PORT: '0' } });
    const first = `http://127.0.0.1:${await portOf(agent, 1)}`;
    expect((await request(`${first}/?grams=100`)).body).toBe('100 g sold so far\n');

    await expect(request(`${first}/fire`)).rejects.toThrow();
    await agent.waitForLine(/the till is counted, in a hurry: the kettle is on fire/);
    const second = `http://127.0.0.1:${await portOf(agent, 2)}`;
    expect((await request(`${second}/?grams=50`)).body).toBe('150 g sold so far\n');

    agent.write('exit clean');
    await agent.waitForLine(/the till is counted, the day is over/);
    await agent.waitForLine(/sold in this session: 150 g/);
    expect(await agent.waitForExit()).toEqual({ code: 0, signal: null });
    await assertNoLeaks();
  });

  it('sets a price by a console command, and the console goes on after one that fails', async () => {
    const cwd = await makeProject([], '03-agent');
    const agent = startNode(['agent.mjs'], { cwd, env: { PORT: '0' } });
    const address = `http://127.0.0.1:${await portOf(agent, 1)}`;

    agent.write('price rooibos 1');
    await agent.waitForLine(/there is no rooibos/);
    agent.write('price oolong 13.5');
    await agent.waitForLine(/^oolong is now 13.5 a pack$/);
    expect((await request(`${address}/prices`)).body).toContain('["oolong",13.5]');

    agent.write('restart clean');
    await agent.waitForLine(/the till is counted, the next shift takes over/);
    await agent.waitForLine(/restarted: server #2/);
    agent.write('exit clean');
    expect(await agent.waitForExit()).toEqual({ code: 0, signal: null });
    await assertNoLeaks();
  });
});
