import { Socket } from 'node:net';
import { createLateFront } from '../../lib/session/monitor/late-front.ts';

const request = {} as never;

describe('what the control socket serves of the front', () => {
  it('is made when it is first asked for', async () => {
    let made = 0;
    const front = createLateFront(() => {
      made += 1;
      const handle = () => ({ kind: 'json', body: ['a sample'] }) as const;
      return [{ routes: [{ method: 'GET', path: '/samples', access: 'read', handle }] }];
    });
    expect(made).toBe(0);
    expect(await front.routes[0]?.handle(request)).toEqual({ kind: 'json', body: ['a sample'] });
    expect(made).toBe(1);
  });

  it('answers 404 and ends a WebSocket where no part is there for it', async () => {
    const front = createLateFront(() => []);
    const socket = new Socket();
    expect(await front.routes[0]?.handle(request)).toMatchObject({ status: 404 });
    front.onUpgrade(request, socket, Buffer.alloc(0));
    expect(socket.destroyed).toBe(true);
  });

  it('hands a WebSocket to the part that takes them', () => {
    const taken: unknown[] = [];
    const onUpgrade = (...given: unknown[]): void => void taken.push(...given);
    const front = createLateFront(() => [{ routes: [] }, { routes: [], onUpgrade }]);
    const [socket, head] = [new Socket(), Buffer.from('x')];
    front.onUpgrade(request, socket, head);
    expect(taken).toEqual([request, socket, head]);
    expect(socket.destroyed).toBe(false);
    socket.destroy();
  });
});
