import { createOpenRequest } from '../../../lib/session/worker/open-request.ts';

describe('createOpenRequest', () => {
  it.each([
    ['GET', '/slow?token=secret', 'GET', '/slow'],
    ['GET', '/slow#part', 'GET', '/slow'],
    ['GET', '/a b\nc\u001b[31m', 'GET', '/a?b?c?[31m'],
    ['CONNECT', 'tea.example:443', 'CONNECT', 'tea.example:443'],
    [undefined, undefined, '', ''],
    ['M'.repeat(30), `/${'p'.repeat(300)}`, `${'M'.repeat(20)}…`, `/${'p'.repeat(199)}…`],
  ])('names %p %p as %p %p', (method, url, expectedMethod, path) => {
    expect(createOpenRequest({ method, url, ageMs: 12.4 })).toEqual({
      method: expectedMethod,
      path,
      ageMs: 12,
    });
  });
});
