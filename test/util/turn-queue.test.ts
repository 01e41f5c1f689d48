import { TurnQueue } from '../../lib/util/turn-queue.ts';

describe('a queue of turns', () => {
  it('does at once what is asked for while nothing is being done', () => {
    const steps: string[] = [];
    new TurnQueue().take(() => steps.push('done'));
    expect(steps).toEqual(['done']);
  });

  it('lets what is asked for within a turn wait for its end, in order', () => {
    const turns = new TurnQueue();
    const steps: string[] = [];
    turns.take(() => {
      turns.take(() => {
        turns.take(() => steps.push('fourth'));
        steps.push('second');
      });
      turns.take(() => steps.push('third'));
      steps.push('first');
    });
    expect(steps).toEqual(['first', 'second', 'third', 'fourth']);
  });

  it('goes on after a turn that threw', () => {
    const turns = new TurnQueue();
    const steps: string[] = [];
    expect(() => {
      turns.take(() => {
        turns.take(() => steps.push('left over'));
        throw new Error('turn');
      });
    }).toThrow('turn');
    turns.take(() => steps.push('next'));
    expect(steps).toEqual(['left over', 'next']);
  });
});
