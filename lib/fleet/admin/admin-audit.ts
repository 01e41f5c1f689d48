import { LineFile } from '../../session/monitor/line-file.ts';
import { type Clock, isoTime } from '../../util/clock.ts';
import { isPlainRecord, type PlainRecord } from '../protocol/plain-record.ts';

/** What a client has done or tried. */
export interface AuditEntry {
  readonly user: string;
  readonly clientId: string;
  readonly address: string;
  readonly action: 'login' | 'execute' | 'command';
  readonly outcome: 'accepted' | 'refused';
  readonly moduleId?: string;
  readonly command?: string;
  readonly body?: unknown;
}

export interface AdminAuditSettings {
  /** Absolute; its directory is there. */
  readonly file: string;
  readonly clock: Clock;
  readonly warn: (text: string) => void;
}

const MAX_BYTES = 10_000_000;
const KEPT_FILES = 3;
const MOST_BODY_LENGTH = 4096;
const MOST_DEPTH = 6;
const SECRET_KEY = /pass|token|secret|key|auth|credential/i;
const SECRET_WORD = /^([^=\s]*(?:pass|token|secret|key|auth|credential)[^=\s]*)=.*$/is;
const HIDDEN = '***';

/** What clients have done, on disk: one JSON object a line, without secrets. */
export class AdminAudit {
  readonly #file: LineFile;
  readonly #clock: Clock;

  constructor({ file, clock, warn }: AdminAuditSettings) {
    this.#clock = clock;
    this.#file = new LineFile({
      file,
      clock,
      maxBytes: MAX_BYTES,
      keep: KEPT_FILES,
      onProblem: (error) => {
        warn(`the log of what clients do cannot be written, it is tried again: ${error.message}`);
      },
      onGap: (count) => {
        warn(`the log of what clients do lacks ${String(count)} entries`);
      },
    });
  }

  append({ body, ...entry }: AuditEntry): void {
    const told = body === undefined ? {} : { body: shorten(withoutSecrets(body, 0)) };
    this.#file.append(escapeLine(JSON.stringify({ at: isoTime(this.#clock), ...entry, ...told })));
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** Values of keys, and of words such as `password=…`, that look like secrets are left out. */
function withoutSecrets(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.replace(SECRET_WORD, `$1=${HIDDEN}`);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MOST_DEPTH) return '…';
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, depth + 1));
  return isPlainRecord(value) ? withoutSecretKeys(value, depth) : value;
}

function withoutSecretKeys(record: PlainRecord, depth: number): PlainRecord {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [
      key,
      SECRET_KEY.test(key) ? HIDDEN : withoutSecrets(value, depth + 1),
    ]),
  );
}

function shorten(body: unknown): unknown {
  const text = JSON.stringify(body) as string | undefined;
  if (text === undefined || text.length <= MOST_BODY_LENGTH) return body;
  return `${text.slice(0, MOST_BODY_LENGTH)}…`;
}

// JSON itself escapes the others. These would act on a terminal that the log is read in.
const UNSAFE = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

function escapeLine(line: string): string {
  return line.replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
