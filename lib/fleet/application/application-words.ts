import { type ApplicationEnd, textOfError } from './application-life.ts';
import type { ComponentFailure, Deadlines } from './component-driver.ts';
import { exitCodeOf } from './ending.ts';
import type { Settings } from './settings.ts';
import type { ProcessSurroundings } from './process-surroundings.ts';

const START_SECONDS = 60;
const STOP_SECONDS = 10;
/** What is left to a process that was stopped without force. */
const REST_MS = 3000;

/** How long one callback may take: `componentStartSeconds` and `componentStopSeconds`, 0 for as long as it likes. */
export function readDeadlines(settings: Settings): Deadlines {
  return {
    startMs: readSeconds(settings.get('componentStartSeconds'), START_SECONDS) * 1000,
    stopMs: readSeconds(settings.get('componentStopSeconds'), STOP_SECONDS) * 1000,
  };
}

function readSeconds(value: unknown, byDefault: number): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : byDefault;
}

/** What failed and where, in one line. */
export function textOfTrouble({ where, error }: ComponentFailure): string {
  const text = textOfError(error);
  // The error of a deadline says where.
  return where === '' || text.startsWith(where) ? text : `${where}: ${text}`;
}

/** One line, or one for each mistake in the configuration. */
function linesOfFailure(failure: ComponentFailure): readonly string[] {
  const { code, message } = (failure.error ?? {}) as { code?: unknown; message?: unknown };
  if (code !== 'ERR_CONFIG_INVALID') return [textOfTrouble(failure)];
  return String(message).split('\n');
}

/** Says how an application ended, and ends its process. */
export function tellEnd(
  { failure, troubles, force }: ApplicationEnd,
  serverId: string,
  { clock, log, warn, end }: ProcessSurroundings,
): void {
  if (failure === null) log(`vigil: ${serverId} has stopped`);
  else
    for (const line of linesOfFailure(failure)) warn(`vigil: ${serverId} could not start: ${line}`);
  const code = failure === null ? Math.min(troubles.length, 1) : exitCodeOf(failure.error);
  // Whoever waits for the end hears of it first.
  const timer = clock.setTimer(force || failure !== null ? 0 : REST_MS, () => {
    end(code);
  });
  if (!force && failure === null) timer.unref();
}
