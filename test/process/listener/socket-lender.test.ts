import { ask } from '../../../bench/load/load-client.cjs';
import { assertNoLeaks } from '../../support/assert-no-leaks.ts';
import { Holder, killAndWait } from './holder.ts';

afterEach(() => assertNoLeaks());

describe('SocketLender', () => {
  it('gives one server after the other the same socket; who comes between waits for the next', async () => {
    const holder = new Holder();
    const first = await holder.serve();
    const port = await holder.port();
    expect(await ask({ port })).toMatchObject({ body: String(first) });
    await killAndWait(first);
    const waiting = Array.from({ length: 10 }, () => ask({ port }));
    const second = await holder.serve();
    const bodies = (await Promise.all(waiting)).map(({ body }) => body);
    expect(new Set(bodies)).toEqual(new Set([String(second)]));
    expect(await holder.do('count')).toBe(1);
    process.kill(second, 'SIGKILL');
    await holder.end();
  });
});
