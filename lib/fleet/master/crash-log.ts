import { LineFile } from '../../session/monitor/line-file.ts';
import type { Clock } from '../../util/clock.ts';
import type { FleetEvent } from './fleet-event.ts';
import { chooseEvidence } from './choose-evidence.ts';

export interface CrashLogOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly warn: (text: string) => void;
}

const MAX_BYTES = 10_000_000;
const KEEP = 3;

/** A line for each end that nobody wanted: `[type],[id],[milliseconds since the epoch],[cause: evidence]`. */
export class CrashLog {
  readonly #file: LineFile;

  constructor({ file, clock, warn }: CrashLogOptions) {
    this.#file = new LineFile({
      file,
      clock,
      maxBytes: MAX_BYTES,
      keep: KEEP,
      onProblem: (error) => {
        warn(`the crash log cannot be written, it is tried again: ${error.message}`);
      },
      onGap: (count) => {
        warn(`the crash log lacks ${String(count)} lines`);
      },
    });
  }

  note(event: FleetEvent): void {
    if (event.type !== 'server.down' || event.end === undefined || event.end.expected) return;
    const { cause, evidence } = event.end;
    const told = chooseEvidence(evidence);
    const what = told === null ? cause : `${cause}: ${told}`;
    const parts = [event.serverType, event.id, String(Date.parse(event.at)), what];
    this.#file.append(parts.map((part) => `[${inOneLine(part)}]`).join(','));
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** What a server has written may stand in its evidence. */
function inOneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are what it is about
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '\u00b7');
}
