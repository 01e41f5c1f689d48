import { createCorrelationId, parseCorrelationId } from '../../../lib/jobs/gateway/correlation.ts';
import { decideAdmission } from '../../../lib/jobs/gateway/decide-admission.ts';
import { FairTurns } from '../../../lib/jobs/gateway/fair-turns.ts';
import { createRandomKey } from '../../../lib/util/random-key.ts';

describe('decideAdmission', () => {
  it.each([
    [{ hasId: false, open: 0, kept: 0, maxJobs: 1 }, null],
    [{ hasId: false, open: 1, kept: 0, maxJobs: 1 }, 'too_many_jobs'],
    [{ hasId: false, open: 0, kept: 19, maxJobs: 1 }, null],
    [{ hasId: false, open: 0, kept: 20, maxJobs: 1 }, 'too_many_jobs'],
    [{ hasId: true, open: 1, kept: 0, maxJobs: 1 }, 'duplicate_id'],
  ])('of %j is %s', (load, decision) => {
    expect(decideAdmission(load)).toBe(decision);
  });
});

describe('a correlation id', () => {
  it('names its job, is never the same twice, and fits into a message of AMQP', () => {
    const clientId = createRandomKey();
    const id = 'é/\n'.padEnd(125, 'x');
    const correlationId = createCorrelationId(`${clientId}/${id}`);
    expect(parseCorrelationId(correlationId)).toEqual({ clientId, id });
    expect(createCorrelationId(`${clientId}/${id}`)).not.toBe(correlationId);
    expect(Buffer.byteLength(correlationId)).toBeLessThanOrEqual(255);
  });

  it.each(['', 'x', 'x.y/z', `${createRandomKey()}.${createRandomKey()}/`])(
    'that no gateway has made (%p) names nothing',
    (text) => {
      expect(parseCorrelationId(text)).toBeNull();
    },
  );
});

describe('FairTurns', () => {
  const take = (turns: FairTurns<string>, count: number): string =>
    Array.from({ length: count }, () => turns.take() ?? '-').join('');

  it('gives each client its turn, whoever came with how many', () => {
    const turns = new FairTurns<string>();
    for (const client of ['a', 'b', 'c', 'a']) turns.add(client);
    expect(take(turns, 6)).toBe('abcabc');
    turns.remove('b');
    expect(take(turns, 4)).toBe('acac');
    expect(turns.size).toBe(2);
  });

  it('gives turns by weight', () => {
    const turns = new FairTurns<string>();
    turns.add('a', 3);
    turns.add('b', 1);
    const order = take(turns, 40);
    expect(order.split('a').length - 1).toBe(30);
    expect(order).not.toMatch(/aaaaa/);
  });

  it('lets nobody save up turns in a pause', () => {
    const turns = new FairTurns<string>();
    turns.add('a');
    expect(take(turns, 100)).toBe('a'.repeat(100));
    turns.add('b');
    expect(take(turns, 6)).toMatch(/^(ab){3}$|^(ba){3}$/);
  });

  it('has no turn for nobody', () => {
    expect(new FairTurns<string>().take()).toBeUndefined();
  });
});
