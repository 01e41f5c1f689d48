import { describeCrash } from '../../../lib/jobs/pool/worker-crash.ts';
import { createCrashMask } from '../../../lib/jobs/serve/crash-mask.ts';

const FACTS = {
  at: '2026-01-01T00:00:00.000Z',
  worker: 'w1',
  death: {
    generation: 1,
    pid: 7,
    code: null,
    signal: 'SIGKILL',
    phase: 'ready',
    cause: 'externalKill',
    evidence: ['it said sesame-in-evidence'],
    expected: false,
    uptimeMs: 12.4,
  },
  error: { name: 'Error', message: 'no sesame', stack: 'Error: no sesame\n  at x' },
  hangStack: null,
  outputTail: [`${'-'.repeat(490)} sesame-and-more`, 'plain'],
  mask: (text: string) => text.replaceAll('sesame', '[masked]'),
} as unknown as Parameters<typeof describeCrash>[0];

describe('describeCrash', () => {
  it('keeps no secret in any of its texts, not half of one either, and is bounded', () => {
    const crash = describeCrash(FACTS);
    expect(JSON.stringify(crash)).not.toContain('sesame');
    expect(crash.evidence).toEqual(['it said [masked]-in-evidence']);
    expect(crash.error).toEqual({ name: 'Error', message: 'no [masked]' });
    expect(crash.stack).toBe('Error: no [masked]\n  at x');
    expect(crash.outputTail).toEqual([`${'-'.repeat(490)} [masked]-`, 'plain']);
    expect(crash).toMatchObject({ worker: 'w1', pid: 7, uptimeMs: 12 });
  });
});

describe('createCrashMask', () => {
  beforeEach(() => {
    process.env['CRASH_MASK_API_KEY'] = 'key-of-the-environment';
  });

  afterEach(() => {
    delete process.env['CRASH_MASK_API_KEY'];
  });

  it('takes out the token, the password of the broker and the secrets of the environment', () => {
    const mask = createCrashMask({
      token: 'token-of-the-gateway',
      broker: 'amqp://app:word-of-the-broker@mq1,mq2/jobs',
    });
    const text = 'token-of-the-gateway word-of-the-broker key-of-the-environment rest';
    expect(mask(text)).toBe(
      '[token masked] [broker password masked] [CRASH_MASK_API_KEY masked] rest',
    );
  });

  it('does without all of them', () => {
    const mask = createCrashMask({ token: null, broker: 'file:/tmp/jobs' });
    expect(mask('guest')).toBe('guest');
  });
});
