import { JobHold } from '../../../lib/jobs/pool/job-hold.ts';
import { ManualClock } from '../../../lib/util/manual-clock.ts';
import { createDelivery } from '../a-job.ts';

function createHold() {
  const clock = new ManualClock();
  const said: string[] = [];
  const hold = new JobHold({
    clock,
    graceMs: 100,
    onOverdue: () => said.push(`overdue ${hold.list()[0]?.overdue}`),
    onSettled: ({ job }) => said.push(`settled ${job.id}`),
  });
  return { clock, hold, said };
}

describe('JobHold', () => {
  it('says that a job is overdue when its grace after the cancel has passed', () => {
    const { clock, hold, said } = createHold();
    hold.take(createDelivery({ id: 'c/1' }).delivery);
    hold.callOff('c/2');
    hold.callOff('c/1');
    clock.advance(99);
    expect(said).toEqual([]);
    clock.advance(1);
    expect(said).toEqual(['overdue cancelled']);
  });

  it('gives a job whose deadline passes the same grace', () => {
    const { clock, hold, said } = createHold();
    hold.take(createDelivery({ deadline: clock.wallTime() + 1000 }).delivery);
    clock.advance(1099);
    expect(said).toEqual([]);
    clock.advance(1);
    expect(said).toEqual(['overdue timeout']);
  });

  it('forgets a job that is settled, and passes the settling on', async () => {
    const { clock, hold, said } = createHold();
    const { delivery, settled } = createDelivery({ id: 'c/1', deadline: clock.wallTime() + 10 });
    const passedOn = hold.take(delivery);
    hold.callOff('c/1');
    await passedOn.ack();
    expect(settled).toEqual(['ack']);
    expect(hold.size).toBe(0);
    clock.advance(10_000);
    expect(said).toEqual(['settled c/1']);
    expect(clock.waiting).toBe(0);
  });

  it('knows the delivery as the process has it when the broker takes it back', () => {
    const { hold } = createHold();
    const { delivery } = createDelivery();
    const passedOn = hold.take(delivery);
    expect(hold.lose(delivery)).toBe(passedOn);
    expect(hold.lose(delivery)).toBeUndefined();
  });

  it('hands over all it has when the process is gone', () => {
    const { clock, hold } = createHold();
    hold.take(createDelivery({ deadline: clock.wallTime() + 1000 }).delivery);
    hold.take(createDelivery().delivery);
    expect(hold.empty()).toHaveLength(2);
    expect(hold.size).toBe(0);
    expect(clock.waiting).toBe(0);
  });
});
