export { ManualClock } from '../util/manual-clock.ts';
