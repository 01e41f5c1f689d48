import { EventEmitter } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { createChannel, type IpcTarget } from '../../lib/ipc/channel.ts';
import { manage } from '../../lib/ipc/promisified-ipc-manager.ts';
import { createPair, turn } from './channel-pair.ts';

class FakeProcess extends EventEmitter {
  connected = true;
  pid = 4711;
  send(): boolean {
    return true;
  }
}

function fake(): { child: FakeProcess; target: IpcTarget } {
  const child = new FakeProcess();
  return { child, target: child as unknown as IpcTarget };
}

describe('createChannel', () => {
  it.each([
    [null],
    [undefined],
    [42],
    ['text'],
    [{}],
    [new EventEmitter()],
    [{ send: () => true }],
  ])('refuses %p with ERR_ARGUMENT', (target) => {
    expect(() => createChannel(target as unknown as IpcTarget)).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT' }),
    );
  });

  it('returns a channel as it is', () => {
    const [end] = createPair();
    expect(createChannel(end)).toBe(end);
  });

  it.each([['exit'], ['disconnect'], ['close']])(
    'takes a lone "%s" for the death of a process',
    async (event) => {
      const { child, target } = fake();
      let deaths = 0;
      createChannel(target).onClose(() => deaths++);
      child.emit(event);
      await turn();
      await turn();
      await turn();
      expect(deaths).toBe(1);
    },
  );

  it('removes every listener it has added', () => {
    const { child, target } = fake();
    const manager = manage(target);
    expect(child.eventNames().sort()).toEqual(['close', 'disconnect', 'exit', 'message']);
    manager.destroy();
    expect(child.eventNames()).toEqual([]);
  });

  it('hears answers that arrive in the turn after the exit', async () => {
    const { child, target } = fake();
    const manager = manage(target);
    const sent: unknown[][] = [];
    child.send = (...args: unknown[]): boolean => {
      sent.push(args);
      return false;
    };
    const response = manager.emit('last words');
    child.emit('exit', null, 'SIGKILL');
    setImmediate(() => {
      const [, , id] = sent[0]![0] as unknown[];
      child.emit('message', ['@vigil/1', 1, id, 'goodbye']);
      child.emit('disconnect');
    });
    expect(await response).toEqual({ results: ['goodbye'] });
    manager.destroy();
  });

  it('manages a cluster worker and its process only once', () => {
    const { child, target } = fake();
    const worker = { process: child, isConnected: () => true } as unknown as IpcTarget;
    const manager = manage(worker);
    expect(() => manage(target)).toThrow(
      expect.objectContaining({
        code: 'ERR_IPC_MANAGED',
        message: expect.stringContaining('process 4711'),
      }),
    );
    manager.destroy();
    manage(target).destroy();
  });

  it('connects the two ports of a message channel', async () => {
    const { port1, port2 } = new MessageChannel();
    const one = manage(port1);
    const two = manage(port2, { double: (n: number) => n * 2 });
    expect(await one.emit('double', 21)).toEqual({ results: [42] });
    const response = one.emit('nothing more');
    port2.close();
    expect(['ERR_IPC_CLOSED', undefined]).toContain((await response).error?.code);
    expect((await one.emit('double', 1)).error?.code).toBe('ERR_IPC_CLOSED');
    two.destroy();
  });
});
