import {
  countMessage,
  decideCrash,
  EMPTY_THROTTLE,
  nextDigestAt,
  takeDigest,
  type CrashNotice,
  type ThrottleState,
} from '../../lib/notify/throttle.ts';

const MINUTE = 60_000;
const LIMITS = { digestMs: 10 * MINUTE, perHour: 6 };

/** Runs a list of crashes, `fingerprint@minute`, with digests taken whenever they are due; tells what was mailed when. */
function mailsOf(crashes: string, limits = LIMITS): string[] {
  const mails: string[] = [];
  let state: ThrottleState = EMPTY_THROTTLE;
  let reached = 0;
  const takeUntil = (end: number): void => {
    for (;;) {
      const due = nextDigestAt(state, { now: reached, limits });
      if (due === null || due > end) break;
      reached = Math.max(due, reached);
      const taken = takeDigest(state, { now: reached, limits });
      if (taken.told.length === 0) throw new Error('a digest was due, but there was none');
      state = taken.state;
      const counts = taken.told.map(
        ({ count, isKnown, last }) => `${count}${isKnown ? ' more' : ''} ${last.fingerprint}`,
      );
      mails.push(`${reached / MINUTE}: ${counts.join(', ')}`);
    }
    reached = end;
  };
  for (const crash of crashes.split(' ')) {
    const [fingerprint = '', minute = ''] = crash.split('@');
    const now = Number(minute) * MINUTE;
    takeUntil(now);
    const decision = decideCrash(state, notice(fingerprint), { now, limits });
    state = decision.state;
    if (decision.send) mails.push(`${minute}: ${fingerprint}`);
  }
  takeUntil(1e9);
  return mails;
}

function notice(fingerprint: string): CrashNotice {
  return {
    fingerprint,
    reportId: 'r',
    at: '2026-01-01T00:00:00.000Z',
    cause: 'crash',
    errorLine: 'Error: x',
  };
}

describe('the throttle of crash mails', () => {
  it.each([
    ['the first of a defect is mailed at once', 'a@0', LIMITS, ['0: a']],
    ['two defects are two mails', 'a@0 b@0', LIMITS, ['0: a', '0: b']],
    [
      'more of the same are told once the window has passed',
      'a@0 a@1 a@2',
      LIMITS,
      ['0: a', '10: 2 more a'],
    ],
    [
      'defects that are due at one time share a digest',
      'a@0 b@0 a@1 b@1',
      LIMITS,
      ['0: a', '0: b', '10: 1 more a, 1 more b'],
    ],
    [
      'a digest begins a new window',
      'a@0 a@1 a@11',
      LIMITS,
      ['0: a', '10: 1 more a', '20: 1 more a'],
    ],
    ['after a quiet window a crash is mailed at once again', 'a@0 a@10', LIMITS, ['0: a', '10: a']],
    [
      'beyond the limit of the hour all wait for room',
      'a@0 b@1 c@2 d@3',
      { ...LIMITS, perHour: 2 },
      ['0: a', '1: b', '60: 1 c, 1 d'],
    ],
    ['nothing is mailed when the limit is none', 'a@0 a@1 b@2', { ...LIMITS, perHour: 0 }, []],
  ])('%s', (_rule, crashes, limits, mails) => {
    expect(mailsOf(crashes, limits)).toEqual(mails);
  });

  it('mails 1,000 identical crashes of ten minutes twice, and counts right', () => {
    const crashes = Array.from({ length: 1000 }, (_, index) => `a@${index / 100}`).join(' ');
    expect(mailsOf(crashes)).toEqual(['0: a', '10: 999 more a']);
  });

  it('counts other mails towards the limit', () => {
    const limits = { ...LIMITS, perHour: 1 };
    const state = countMessage(EMPTY_THROTTLE, 0);
    expect(decideCrash(state, notice('a'), { now: 1, limits }).send).toBe(false);
    expect(decideCrash(state, notice('a'), { now: 60 * MINUTE, limits }).send).toBe(true);
  });

  it('stays bounded however many defects there are, and counts what it forgets', () => {
    let state: ThrottleState = EMPTY_THROTTLE;
    for (let index = 0; index < 1000; index++) {
      state = decideCrash(state, notice(String(index)), { now: index, limits: LIMITS }).state;
    }
    expect(state.defects).toHaveLength(200);
    const held = state.defects.filter((defect) => defect.held !== null).length;
    expect(state.forgotten + held + LIMITS.perHour).toBe(1000);
    const told = takeDigest(state, { now: 60 * MINUTE + 1000, limits: LIMITS });
    expect(told.told.length + told.forgotten + LIMITS.perHour).toBe(1000);
    expect(told.state.forgotten).toBe(0);
  });
});
