import { listConfiguredSecrets } from '../../lib/session/monitor/configured-secrets.ts';
import { toExitCode } from '../../lib/session/monitor/ending.ts';
import { resolveSessionOptions } from '../../lib/session/options.ts';
import type { SessionOptions } from '../../lib/session/options/session-options.ts';

const secretsOf = (options: SessionOptions): Record<string, string> =>
  listConfiguredSecrets(resolveSessionOptions(options));

describe('listConfiguredSecrets', () => {
  it('finds the password of a mail server as it is, not as it stands in an address', () => {
    const mail = { to: ['a@b.example'], transport: 'smtp://me:p%40ssword@host' };
    expect(secretsOf({ mail })).toEqual({ 'mail password': 'p@ssword' });
  });

  it('finds what is secret in the options of a mail server', () => {
    const auth = { user: 'me', pass: 'hunter22', nested: { accessToken: 'abcdefgh' } };
    const mail = { to: ['a@b.example'], transport: { host: 'host', auth } };
    expect(secretsOf({ mail })).toEqual({
      'mail pass': 'hunter22',
      'mail accessToken': 'abcdefgh',
    });
  });

  it('finds the key of a webhook, and leaves out what is too short to be told from a word', () => {
    const mail = { to: ['a@b.example'], transport: 'smtp://me:test@host' };
    const webhook = { url: 'https://host/x', secret: 'whsec_1234' };
    expect(secretsOf({ mail, webhook })).toEqual({ 'webhook secret': 'whsec_1234' });
    expect(secretsOf({})).toEqual({});
  });
});

describe('toExitCode', () => {
  it.each([
    [0, 0],
    [255, 255],
    [256, 1],
    [-1, 1],
    [1.5, 1],
    [Number.NaN, 1],
    ['7' as unknown as number, 1],
  ])('makes %p to %p', (code, expected) => {
    expect(toExitCode(code)).toBe(expected);
  });
});
