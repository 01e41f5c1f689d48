import fc from 'fast-check';
import { isCrossSite } from '../../lib/http/cross-site.ts';
import { decideAccess, type KeyFinding } from '../../lib/http/decide-access.ts';
import { isLoopback } from '../../lib/http/loopback.ts';
import { isPlainTarget, readPath } from '../../lib/http/request-target.ts';
import { isTrustedHost } from '../../lib/http/trusted-host.ts';
import { WrongKeyLimit } from '../../lib/http/wrong-key-limit.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';

const ACCESSES = ['open', 'read', 'act'] as const;
const FINDINGS: readonly KeyFinding[] = ['none', 'right', 'wrong', 'unread'];
const EVERY_CASE = ACCESSES.flatMap((access) =>
  FINDINGS.flatMap((key) =>
    [true, false].flatMap((isReadOnly) =>
      [true, false].map((isCross) => ({ access, key, isReadOnly, isCrossSite: isCross })),
    ),
  ),
);

describe('decideAccess', () => {
  it('lets nobody act but who has the key, and nobody for a page of another site', () => {
    for (const facts of EVERY_CASE.filter(({ access }) => access === 'act')) {
      const isFine = facts.key === 'right' && !facts.isCrossSite;
      expect([facts, decideAccess(facts) === 'admitted']).toEqual([facts, isFine]);
    }
  });

  it('lets read who has the key, and whoever shows none where that is open', () => {
    for (const facts of EVERY_CASE.filter(({ access }) => access === 'read')) {
      const isFine = facts.key === 'right' || (facts.key === 'none' && facts.isReadOnly);
      expect([facts, decideAccess(facts) === 'admitted']).toEqual([facts, isFine]);
    }
  });

  it('lets everybody have what is open', () => {
    for (const facts of EVERY_CASE.filter(({ access }) => access === 'open'))
      expect(decideAccess(facts)).toBe('admitted');
  });

  it.each([
    ['none', 'keyNeeded'],
    ['wrong', 'keyWrong'],
    ['unread', 'tooManyWrong'],
  ] as const)('says of a key that is %s: %s', (key, decision) => {
    const facts = { access: 'read', isReadOnly: false, isCrossSite: false, key } as const;
    expect(decideAccess(facts)).toBe(decision);
  });
});

describe('isTrustedHost', () => {
  it('trusts every address, with or without a port', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV4(),
          fc.ipV6().map((address) => `[${address}]`),
        ),
        fc.option(fc.integer({ min: 1, max: 65_535 })),
        (address, port) =>
          isTrustedHost(port === null ? address : `${address}:${String(port)}`, 'ops.example'),
      ),
    );
  });

  it('trusts no name but the loopback ones and the configured one', () => {
    fc.assert(
      fc.property(fc.domain(), (name) => {
        expect(isTrustedHost(name, 'ops.example')).toBe(name.toLowerCase() === 'ops.example');
        expect(isTrustedHost(name, name)).toBe(true);
      }),
    );
    expect(isTrustedHost('OPS.example:80', 'ops.EXAMPLE')).toBe(true);
  });

  it('trusts nothing that is no host', () => {
    fc.assert(fc.property(fc.string(), (text) => !isTrustedHost(`${text}@localhost`, 'x')));
    for (const text of [undefined, '', ':80', '[::1', 'localhost:', 'localhost/x', '[localhost]'])
      expect([text, isTrustedHost(text, 'ops.example')]).toEqual([text, false]);
  });
});

describe('isPlainTarget', () => {
  it('takes nothing that another reader would take for another path', () => {
    const pieces = [
      '/',
      '.',
      '..',
      '%2e',
      '%2F',
      '%5c',
      '%00',
      'a',
      '?',
      '#',
      '\\',
      '//',
      '%',
      ';',
      '@',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 8 }), (parts) => {
        const target = `/${parts.join('')}`;
        if (!isPlainTarget(target)) return;
        const path = readPath(target);
        expect(new URL(target, 'http://localhost').pathname).toBe(path);
        const decoded = path.replace(/%([\da-f]{2})/gi, (_all, hex: string) =>
          String.fromCharCode(Number.parseInt(hex, 16)),
        );
        expect(decoded.split('/')).not.toEqual(
          expect.arrayContaining([expect.stringMatching(/^\.\.?$/)]),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['/', '/status', '/events?n=5&follow=1', '/crashes/20260314-025107', '/a?b=//..'])(
    'takes %s',
    (target) => {
      expect(isPlainTarget(target)).toBe(true);
    },
  );
});

describe('isCrossSite', () => {
  it.each([
    [{}, false],
    [{ host: 'a.example', origin: 'https://a.example' }, false],
    [{ host: 'a.example:90', origin: 'http://A.example:90' }, false],
    [{ host: 'a.example:90', origin: 'http://a.example:91' }, true],
    [{ host: 'a.example', origin: 'https://b.example' }, true],
    [{ host: 'a.example', origin: 'null' }, true],
    [{ host: 'a.example', origin: '' }, true],
    [{ host: 'a.example', origin: 'file://a.example' }, true],
    [{ host: '127.0.0.1', origin: 'https://b.example', 'x-forwarded-host': 'b.example' }, false],
    [{ host: 'a.example', 'sec-fetch-site': 'none' }, false],
    [{ host: 'a.example', 'sec-fetch-site': 'same-site' }, true],
    [{ host: 'a.example', 'sec-fetch-site': 'same-origin, cross-site' }, true],
  ])('says of %j: %s', (headers, expected) => {
    expect(isCrossSite(headers)).toBe(expected);
  });
});

describe('isLoopback', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.8.9.10', true],
    ['localhost', true],
    ['::1', true],
    ['0.0.0.0', false],
    ['::', false],
    ['10.0.0.1', false],
    ['127.0.0.1.example', false],
  ])('says of %s: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });
});

describe('WrongKeyLimit', () => {
  const STEPS = fc.array(
    fc.record({
      waitMs: fc.integer({ min: 0, max: 5_000 }),
      peer: fc.constantFrom('10.0.0.1', '10.0.0.2', '2001:db8::1', '2001:db8:0:0:1::1'),
    }),
    { maxLength: 200 },
  );

  it('lets no address try more keys than it may in any time', () => {
    fc.assert(
      fc.property(STEPS, (steps) => {
        const clock = new ManualClock();
        const limit = new WrongKeyLimit(clock);
        const tries = new Map<string, number>();
        for (const { waitMs, peer } of steps) {
          clock.advance(waitMs);
          if (limit.waitMs(peer) > 0) continue;
          limit.noteWrong(peer);
          // Both addresses of IPv6 are of one network.
          const who = peer.startsWith('2001') ? 'network' : peer;
          tries.set(who, (tries.get(who) ?? 0) + 1);
        }
        const most = 10 + steps.reduce((sum, { waitMs }) => sum + waitMs, 0) / 6_000;
        for (const count of tries.values()) expect(count).toBeLessThanOrEqual(most);
      }),
    );
  });

  it('lets all of them together try no more than they may, and an address that was right goes on', () => {
    const clock = new ManualClock();
    const limit = new WrongKeyLimit(clock);
    limit.noteRight('192.0.2.1');
    for (let count = 0; count < 100; count += 1) limit.noteWrong(`10.0.0.${String(count)}`);
    expect(limit.waitMs('10.0.1.1')).toBe(600);
    expect(limit.waitMs('192.0.2.1')).toBe(0);
    clock.advance(600);
    expect(limit.waitMs('10.0.1.1')).toBe(0);
  });

  it('lets an address try again after the time it names', () => {
    const clock = new ManualClock();
    const limit = new WrongKeyLimit(clock);
    for (let count = 0; count < 12; count += 1) limit.noteWrong('::ffff:10.0.0.1');
    expect(limit.waitMs('10.0.0.1')).toBe(18_000);
    clock.advance(17_999);
    expect(limit.waitMs('10.0.0.1')).toBeGreaterThan(0);
    clock.advance(1);
    expect(limit.waitMs('10.0.0.1')).toBe(0);
  });

  it('remembers a bounded number of addresses', () => {
    const limit = new WrongKeyLimit(new ManualClock(), { maxAddresses: 50 });
    for (let count = 0; count < 1_000; count += 1) {
      limit.noteWrong(`10.1.${String(count % 256)}.${String(count)}`);
      limit.noteRight(`10.2.${String(count % 256)}.${String(count)}`);
    }
    expect(limit.size).toBe(100);
  });

  it('counts addresses that cannot be told as one', () => {
    const limit = new WrongKeyLimit(new ManualClock());
    for (let count = 0; count < 10; count += 1) limit.noteWrong(undefined);
    expect(limit.waitMs(undefined)).toBeGreaterThan(0);
  });
});
