import {
  isSocketQuery,
  parseSocketMessage,
  SOCKET_MARK,
} from '../../../lib/process/listener/socket-messages.ts';

const QUERY = { address: null, port: 3000, addressType: 4, flags: 0, index: 0 };

describe('parseSocketMessage', () => {
  it.each([null, undefined, 'ask', 3, {}, [], { mark: 'other' }, { ask: 1, query: QUERY }])(
    'takes no message of the server for one of its own: %j',
    (message) => {
      expect(parseSocketMessage(message)).toBeNull();
    },
  );

  it('gives a message that bears the mark', () => {
    const message = { mark: SOCKET_MARK, ask: 1, query: QUERY };
    expect(parseSocketMessage(message)).toBe(message);
  });
});

describe('isSocketQuery', () => {
  it.each([
    QUERY,
    { ...QUERY, address: '::1', addressType: 6 },
    { ...QUERY, address: '/run/door.sock', port: -1, addressType: -1 },
  ])('accepts %j', (query) => {
    expect(isSocketQuery(query)).toBe(true);
  });

  it.each([
    null,
    'a query',
    {},
    { ...QUERY, address: 4 },
    { ...QUERY, port: '3000' },
    { ...QUERY, port: 1.5 },
    { ...QUERY, addressType: 5 },
    { ...QUERY, flags: undefined },
    { ...QUERY, index: NaN },
  ])('refuses %j', (query) => {
    expect(isSocketQuery(query)).toBe(false);
  });
});
