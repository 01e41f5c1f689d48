export { FakeChild } from './fake-child.ts';
export type { FakeChildOptions } from './fake-child.ts';
export { ManualClock } from './manual-clock.ts';
