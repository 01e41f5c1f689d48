/** A duration as people say it: `12 ms`, `0.3 s`, `2 min 5 s`, `3 h 20 min`, `2 d 4 h`. */
export function durationText(durationMs: number): string {
  if (durationMs >= 0.5 && durationMs < 50) return `${String(Math.round(durationMs))} ms`;
  if (durationMs < 9_950)
    return `${(Math.max(durationMs, 0) / 1000).toFixed(1).replace(/\.0$/, '')} s`;
  const seconds = Math.round(durationMs / 1000);
  const [large, small] = UNITS.find(([unit]) => seconds >= unit.seconds) ?? LAST;
  const count = Math.floor(seconds / large.seconds);
  const rest = Math.floor((seconds % large.seconds) / small.seconds);
  const main = `${count} ${large.name}`;
  return rest === 0 || small === large ? main : `${main} ${rest} ${small.name}`;
}

const SECOND = { seconds: 1, name: 's' };
const MINUTE = { seconds: 60, name: 'min' };
const HOUR = { seconds: 3600, name: 'h' };
const DAY = { seconds: 86_400, name: 'd' };
const LAST = [SECOND, SECOND] as const;
const UNITS = [[DAY, HOUR], [HOUR, MINUTE], [MINUTE, SECOND], LAST] as const;
