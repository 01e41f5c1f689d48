import type { Clock, Timer } from '../util/clock.ts';

/** Calls back at a wall time, milliseconds since the epoch; at once when it is past. */
export function setWallTimer(
  clock: Clock,
  at: number,
  callback: () => void,
): Pick<Timer, 'cancel'> {
  let timer: Timer;
  // One timer takes 24 days at most, and the wall clock may be set meanwhile.
  const arm = (): void => {
    timer = clock.setTimer(at - clock.wallTime(), () => {
      if (at <= clock.wallTime()) callback();
      else arm();
    });
  };
  arm();
  return {
    cancel: () => {
      timer.cancel();
    },
  };
}
