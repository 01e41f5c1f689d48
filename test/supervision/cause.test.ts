import { CAUSES } from '../../lib/supervision/cause.ts';

describe('the causes of death', () => {
  it('are these, in the order in which the first that fits is taken: logs, mails and metrics are searched for them', () => {
    expect(CAUSES.join(' ')).toBe(
      'session-end manual reload memory-limit hang health start-timeout oom-heap oom-killer crash rejection exit clean-exit signal start-failed',
    );
  });
});
