import { formatEvent } from '../../lib/cli/event-text.ts';

const plain = { paint: (text: string): string => text };
const marked = { paint: (text: string, color: string): string => `<${color}>${text}` };
const STAMP = { at: '2026-01-02T03:04:05.678Z', seq: 1, generation: 2, pid: 7 };

describe('formatEvent', () => {
  it('tells an event in one line with its time', () => {
    const event = { type: 'worker.ready', ...STAMP, isFirstTime: true, startMs: 120 };
    expect(formatEvent(event, marked)).toBe(
      '2026-01-02T03:04:05Z server #2, pid 7 is ready after 120 ms',
    );
  });

  it('colours warnings and errors', () => {
    expect(formatEvent({ type: 'worker.degraded', ...STAMP }, marked)).toMatch(/Z <yellow>server/);
    const crash = {
      type: 'crash.detected',
      ...STAMP,
      handled: false,
      error: { name: 'E', message: 'm' },
    };
    expect(formatEvent(crash, marked)).toMatch(/Z <red>server #2, pid 7 crashed: E: m/);
  });

  it('shows nothing that a terminal would act upon', () => {
    const event = { type: 'lifecycle', ...STAMP, event: 'a\u001b[31mb\u0007\nc\u202e' };
    expect(formatEvent(event, plain)).toBe('2026-01-02T03:04:05Z a·[31mb· c·');
  });

  it.each([
    ['of a type that is not known', { type: 'from.later', ...STAMP, some: 1 }],
    ['that lacks what its type should have', { type: 'crash.detected', ...STAMP, handled: false }],
  ])('tells an event %s by its fields', (_case, event) => {
    expect(formatEvent(event, plain)).toMatch(
      new RegExp(`Z ${event.type} \\{"generation":2,"pid":7`),
    );
  });
});
