import { ProgressLine } from '../../../lib/jobs/worker/progress-line.ts';
import { ManualClock } from '../../../lib/util/manual-clock.ts';

function createLine() {
  const clock = new ManualClock();
  const sent: string[] = [];
  return { clock, sent, line: new ProgressLine(clock, (body) => sent.push(body)) };
}

describe('ProgressLine', () => {
  it('sends the first at once, and of many that follow the latest', () => {
    const { clock, sent, line } = createLine();
    for (let n = 1; n <= 100; n += 1) line.tell(n);
    expect(sent).toEqual(['1']);
    clock.advance(50);
    expect(sent).toEqual(['1', '100']);
    clock.advance(1000);
    expect(sent).toEqual(['1', '100']);
  });

  it('sends what waits when the job ends', () => {
    const { clock, sent, line } = createLine();
    line.tell('a');
    line.tell('b');
    line.end();
    expect(sent).toEqual(['"a"', '"b"']);
    expect(clock.waiting).toBe(0);
  });

  it('refuses what cannot be sent', () => {
    const { line } = createLine();
    expect(() => {
      line.tell(1n);
    }).toThrow(TypeError);
    expect(() => {
      line.tell('x'.repeat(70_000));
    }).toThrow(RangeError);
  });
});
