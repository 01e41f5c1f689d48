import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A file that Node itself has written about a process, while that was dying. */
export interface DiagnosticFile {
  readonly kind: 'report' | 'snapshot';
  /** Of the process that wrote it: the name says so. */
  readonly pid: number;
  readonly path: string;
}

const REPORT = /^report\.\d{8}\.\d{6}\.(\d+)\.\d+\.\d+\.json$/;
const SNAPSHOT = /^Heap\.\d{8}\.\d{6}\.(\d+)\.\d+\.\d+\.heapsnapshot$/;
const MOST_FILES = 100;
const HEAD_BYTES = 4096;

/** Of this process, or of all; the newest first. */
export function listDiagnosticFiles(directory: string, pid: number | null): DiagnosticFile[] {
  const files: DiagnosticFile[] = [];
  for (const name of listNames(directory)) {
    const report = REPORT.exec(name)?.[1];
    const writer = report ?? SNAPSHOT.exec(name)?.[1];
    if (writer === undefined || (pid !== null && Number(writer) !== pid)) continue;
    const kind = report === undefined ? 'snapshot' : 'report';
    files.push({ kind, pid: Number(writer), path: join(directory, name) });
    if (files.length === MOST_FILES) break;
  }
  return files;
}

/** What a report says of why it was written; null when it does not begin as one. */
export function readReportHead(
  path: string,
): { readonly trigger: string; readonly event: string } | null {
  const head = readHead(path);
  const event = fieldOf(head, 'event');
  const trigger = fieldOf(head, 'trigger');
  return event === null || trigger === null ? null : { trigger, event };
}

/** Whether a report was written because the process could not go on, and not because its code wanted one. */
export function isFatal({ trigger }: { readonly trigger: string }): boolean {
  return trigger === 'OOMError' || trigger === 'FatalError';
}

function listNames(directory: string): string[] {
  try {
    // The names begin with the time.
    return readdirSync(directory).sort().reverse();
  } catch {
    return [];
  }
}

function readHead(path: string): string {
  try {
    const stats = statSync(path);
    // To open a named pipe would hold the monitor up.
    if (!stats.isFile()) return '';
    const head = Buffer.alloc(Math.min(stats.size, HEAD_BYTES));
    const file = openSync(path, 'r');
    try {
      return head.toString('utf8', 0, readSync(file, head));
    } finally {
      closeSync(file);
    }
  } catch {
    return '';
  }
}

function fieldOf(head: string, name: string): string | null {
  return new RegExp(`"${name}":\\s*"([^"\\\\]{1,300})"`).exec(head)?.[1] ?? null;
}
