import { createHash } from 'node:crypto';
import { AdminCredentials, findWeakUsers } from '../../lib/fleet/admin/admin-credentials.ts';
import {
  hashPassword,
  isUsableHash,
  matchesPassword,
} from '../../lib/fleet/admin/stored-password.ts';
import type { ClientRegistration } from '../../lib/fleet/protocol/registration.ts';

function claimOf(username: string, password: string | null, md5 = false): ClientRegistration {
  return { kind: 'client', id: 'c', username, password, md5 };
}

function md5Of(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

describe('a password that is kept as a hash', () => {
  it('is matched by itself and by its MD5, and by nothing else', async () => {
    const stored = await hashPassword('secret');
    expect(stored).not.toContain('secret');
    expect(await matchesPassword(stored, { password: 'secret', md5: false })).toBe(true);
    expect(await matchesPassword(stored, { password: md5Of('secret'), md5: true })).toBe(true);
    expect(
      await matchesPassword(stored, { password: md5Of('secret').toUpperCase(), md5: true }),
    ).toBe(true);
    expect(await matchesPassword(stored, { password: md5Of('secret'), md5: false })).toBe(false);
    expect(await matchesPassword(stored, { password: 'Secret', md5: false })).toBe(false);
    expect(await matchesPassword(stored, { password: stored, md5: false })).toBe(false);
  });

  it('has a salt of its own', async () => {
    expect(await hashPassword('secret')).not.toBe(await hashPassword('secret'));
  });

  it.each([
    ['numbers that are none', 'scrypt$x$8$1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA'],
    ['a cost that is no power of two', 'scrypt$1000$8$1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA'],
    ['a cost that takes gigabytes', 'scrypt$16777216$8$1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA'],
    ['no salt', 'scrypt$16384$8$1$$aGFzaGhhc2hoYXNoaGFzaA'],
    ['a hash that is cut', 'scrypt$16384$8$1$c2FsdHNhbHQ$aGFz'],
  ])('with %s is matched by nothing', async (_, stored) => {
    expect(isUsableHash(stored)).toBe(false);
    expect(await matchesPassword(stored, { password: stored, md5: false })).toBe(false);
    expect(await matchesPassword(stored, { password: md5Of(stored), md5: true })).toBe(false);
  });
});

describe('AdminCredentials', () => {
  const users = [
    { id: '1', username: 'ops', password: 'one', level: 1 },
    { id: '2', username: 'watch', password: 'two', level: 2 },
    { id: '3', username: 'odd', password: 'three', level: 7 },
    { id: '4', username: '@local', password: 'four', level: 1 },
  ];
  const credentials = new AdminCredentials({
    env: 'production',
    users,
    tokens: null,
    localKey: 'key',
  });

  it('knows levels 1 and 2; what is neither is 2', async () => {
    expect(await credentials.checkUser(claimOf('ops', 'one'))).toEqual({ name: 'ops', level: 1 });
    expect(await credentials.checkUser(claimOf('watch', 'two'))).toEqual({
      name: 'watch',
      level: 2,
    });
    expect(await credentials.checkUser(claimOf('odd', 'three'))).toEqual({ name: 'odd', level: 2 });
  });

  it.each([
    ['no password', claimOf('ops', null)],
    ['the password of another', claimOf('ops', 'two')],
    ['an unknown name with the password of the first', claimOf('nobody', 'one')],
    ['the name of the local operator in the file', claimOf('@local', 'four')],
    ['the local key as MD5', claimOf('@local', md5Of('key'), true)],
    ['a name of an object', claimOf('__proto__', 'one')],
  ])('refuses %s', async (_, claim) => {
    expect(await credentials.checkUser(claim)).toBe('wrong');
  });

  it('refuses the local operator when there is no key', async () => {
    const none = new AdminCredentials({
      env: 'development',
      users: null,
      tokens: null,
      localKey: null,
    });
    expect(await none.checkUser(claimOf('@local', ''))).toBe('wrong');
  });

  it('checks no more passwords at once than it has memory for', async () => {
    const stored = await hashPassword('secret');
    const slow = new AdminCredentials({
      env: 'production',
      users: [{ id: '1', username: 'ops', password: stored, level: 1 }],
      tokens: null,
      localKey: null,
    });
    const claims = Array.from({ length: 20 }, () => slow.checkUser(claimOf('ops', 'wrong')));
    const findings = await Promise.all(claims);
    expect(findings.filter((finding) => finding === 'busy')).toHaveLength(4);
    expect(await slow.checkUser(claimOf('ops', 'secret'))).toMatchObject({ level: 1 });
  });

  it('has tokens by type', () => {
    const tokens = [
      { type: 'chat', token: 'a' },
      { type: 'chat', token: 'b' },
      { type: 'gate', token: 'c' },
    ];
    const strict = new AdminCredentials({ env: 'production', users, tokens, localKey: null });
    const answers = [
      ['chat', 'a'],
      ['chat', 'b'],
      ['chat', 'c'],
      ['gate', 'a'],
      ['other', 'a'],
      ['chat', null],
    ] as const;
    expect(answers.map(([type, token]) => strict.checkToken(type, token))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('findWeakUsers', () => {
  it('names those whose password stands there as it is, outside development, and hashes that are none', async () => {
    const users = [
      { id: '1', username: 'plain', password: 'one', level: 1 },
      { id: '2', username: 'hashed', password: await hashPassword('two'), level: 1 },
      { id: '3', username: 'broken', password: 'scrypt$1$2', level: 1 },
    ];
    expect(findWeakUsers({ env: 'production', users }).join()).toMatch(/plain.*broken/s);
    expect(findWeakUsers({ env: 'development', users }).join()).not.toMatch(/plain|hashed/);
    expect(findWeakUsers({ env: 'production', users }).join()).not.toContain('one');
  });
});
