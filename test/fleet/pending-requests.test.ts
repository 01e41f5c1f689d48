import { PendingRequests } from '../../lib/fleet/protocol/pending-requests.ts';
import { ManualClock } from '../../lib/util/manual-clock.ts';

function setUp(): { clock: ManualClock; pending: PendingRequests; answers: unknown[][] } {
  const clock = new ManualClock();
  return { clock, pending: new PendingRequests(clock), answers: [] };
}

const GOOD = { error: null, body: 'yes' };

describe('PendingRequests', () => {
  it('answers once, whatever comes after', () => {
    const { clock, pending, answers } = setUp();
    const id = pending.nextId;
    pending.open({
      peer: 'a',
      deadlineMs: 100,
      payload: null,
      answered: (...it) => answers.push(it),
    });
    expect(pending.settle('b', id, GOOD)).toBe(false);
    expect(pending.settle('a', id, GOOD)).toBe(true);
    expect(pending.settle('a', id, GOOD)).toBe(false);
    clock.advance(1000);
    pending.failAll('over');
    expect(answers).toEqual([[null, 'yes']]);
    expect({ size: pending.size, timers: clock.waiting }).toEqual({ size: 0, timers: 0 });
  });

  it('fails at the deadline, at the loss of the peer, and at the end', () => {
    const { clock, pending, answers } = setUp();
    for (const peer of ['a', 'b', 'c'])
      pending.open({
        peer,
        deadlineMs: 100,
        payload: null,
        answered: (...it) => answers.push([peer, ...it]),
      });
    pending.lose('b', 'it is gone');
    clock.advance(100);
    pending.open({
      peer: 'd',
      deadlineMs: 100,
      payload: null,
      answered: (...it) => answers.push(['d', ...it]),
    });
    pending.failAll('over');
    expect(answers.map(([peer, error]) => [peer, (error as { code: string }).code])).toEqual([
      ['b', 'ERR_FLEET_AWAY'],
      ['a', 'ERR_FLEET_TIMEOUT'],
      ['c', 'ERR_FLEET_TIMEOUT'],
      ['d', 'ERR_FLEET_AWAY'],
    ]);
  });

  it('keeps what is to be sent again until its deadline, within its bytes', () => {
    const { clock, pending, answers } = setUp();
    const payload = Buffer.alloc(10 * 1024 * 1024);
    const request = {
      peer: 'a',
      deadlineMs: 100,
      payload,
      answered: (...it: unknown[]): void => void answers.push(it),
    };
    expect(pending.open(request)).toBe(true);
    pending.lose('a', 'it is gone');
    expect(pending.unanswered('a')).toEqual([payload]);
    expect(pending.open(request)).toBe(false);
    expect(answers).toMatchObject([[{ code: 'ERR_FLEET_BUSY' }]]);
    clock.advance(100);
    expect(pending.unanswered('a')).toEqual([]);
    expect(pending.open(request)).toBe(true);
  });

  it('has room for 10,000', () => {
    const { pending, answers } = setUp();
    const request = {
      peer: 'a',
      deadlineMs: 100,
      payload: null,
      answered: (...it: unknown[]): void => void answers.push(it),
    };
    const opened = Array.from({ length: 10_001 }, () => pending.open(request));
    expect(opened.filter(Boolean)).toHaveLength(10_000);
    expect(answers).toHaveLength(1);
  });
});
