import { isColored, paint } from '../session/monitor/paint.ts';
import type { Clock } from '../util/clock.ts';
import { logsOf } from './fleet-base.ts';
import { FolderFollower } from './follow-folder.ts';
import { type Output, toPrintable } from './output.ts';

const COLORS = ['cyan', 'yellow', 'green', 'magenta', 'blue', 'red'];
const WIDEST = 28;
/** Written by the master about clients and ends: no server's output. */
const OTHERS: ReadonlySet<string> = new Set(['admin.log', 'crash.log']);

/** Shows what all processes of a fleet write, each line with the id of the one that wrote it. */
export function showFleetOutput(
  base: string,
  ids: readonly string[],
  { output, clock }: { readonly output: Output; readonly clock: Clock },
): FolderFollower {
  const width = Math.min(WIDEST, Math.max(0, ...ids.map((id) => id.length)));
  const isPainted = isColored(process.stdout);
  const colors = new Map<string, string>();
  const nameOf = (id: string): string => {
    const name = `${toPrintable(id).padEnd(width)} |`;
    if (!isPainted) return name;
    const color = colors.get(id) ?? COLORS[colors.size % COLORS.length] ?? 'cyan';
    colors.set(id, color);
    return paint(name, color);
  };
  let lost = 0;
  return new FolderFollower({
    clock,
    directory: logsOf(base),
    accepts: (name) => name.endsWith('.log') && !OTHERS.has(name),
    onLine: (name, line) => {
      if (output.isBehind) {
        lost += 1;
        return;
      }
      if (lost > 0) output.note(`${String(lost)} lines were not shown: they are in the logs`);
      lost = 0;
      output.print(`${nameOf(name.slice(0, -'.log'.length))} ${line}`);
    },
  });
}
