import { parseHandingMessage } from '../../../lib/process/listener/handed-socket.ts';

const QUERY = { address: '127.0.0.1', port: 80, addressType: 4, flags: 0, index: 0 };

describe('parseHandingMessage', () => {
  it('reads what is said of a socket, and how many there were', () => {
    const socket = { query: QUERY, speaksHttp: true, isForeign: false };
    expect(parseHandingMessage({ socket })).toEqual({ socket });
    expect(parseHandingMessage({ total: 3 })).toEqual({ total: 3 });
  });

  it.each([
    null,
    'socket',
    {},
    { total: '3' },
    { socket: null },
    { socket: { speaksHttp: true } },
    { socket: { query: { ...QUERY, addressType: 5 } } },
  ])('takes nothing else for it: %j', (message) => {
    expect(parseHandingMessage(message)).toBeNull();
  });
});
