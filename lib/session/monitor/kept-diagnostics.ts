import { existsSync } from 'node:fs';
import { copyFile, chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReportedFiles } from '../../report/crash-report.ts';
import { listCrashFolders } from '../../report/crash-folder.ts';
import { scrubDiagnosticReport } from '../../report/diagnostic-report.ts';
import { writeFileWhole } from '../../util/durable-file.ts';
import {
  type DiagnosticFile,
  isFatal,
  listDiagnosticFiles,
  readReportHead,
} from './diagnostic-files.ts';

export interface DiagnosticsOptions {
  /** Where Node writes them. */
  readonly stateDirectory: string;
  /** Where they are kept, beside the crash reports. */
  readonly crashDirectory: string;
  readonly mask: (text: string) => string;
}

export interface KeptDiagnostics {
  readonly files: ReportedFiles;
  /** What they add to what is known of the death. */
  readonly evidence: readonly string[];
}

/** A heap may be as large as the machine's memory: these many snapshots stay, whatever `keep` says. */
const SNAPSHOTS_KEPT = 3;
const MAX_REPORT_BYTES = 8_000_000;
const TAIL_BYTES = 16;

/**
 * Takes what Node has written about a process that is dead: the report of its fatal error, with every
 * value of the environment taken out, and its heap. Both move into a folder beside the crash report.
 * A report that the server's own code asked for stays where it is, without those values. Never rejects.
 */
export async function keepDiagnostics(
  pid: number | null,
  crashId: string,
  options: DiagnosticsOptions,
): Promise<KeptDiagnostics> {
  const found = pid === null ? [] : listDiagnosticFiles(options.stateDirectory, pid);
  const folder = join(options.crashDirectory, crashId);
  let kept: KeptDiagnostics = { files: {}, evidence: [] };
  for (const file of found) {
    const keep = file.kind === 'report' ? keepReport : keepSnapshot;
    const more = await keep(file, folder, options).catch((error: unknown) => giveUp(file, error));
    kept = {
      files: { ...more.files, ...kept.files },
      evidence: [...kept.evidence, ...more.evidence],
    };
  }
  return kept;
}

/** What a monitor that was killed has left: nobody's reports are removed, the rest loses its values. */
export async function clearDiagnostics(
  options: DiagnosticsOptions,
  isAlive: (pid: number) => boolean,
): Promise<void> {
  for (const file of listDiagnosticFiles(options.stateDirectory, null)) {
    if (isAlive(file.pid)) continue;
    const head = file.kind === 'report' ? readReportHead(file.path) : null;
    if (head === null || isFatal(head)) await remove(file.path);
    else await scrub(file.path, file.path, options);
  }
}

/** What cannot be kept as it should be does not stay as it is. */
async function giveUp({ kind, path }: DiagnosticFile, error: unknown): Promise<KeptDiagnostics> {
  await remove(path).catch(() => undefined);
  const what = kind === 'report' ? 'diagnostic report' : 'heap snapshot';
  return { files: {}, evidence: [`its ${what} could not be kept: ${(error as Error).message}`] };
}

const NOTHING: KeptDiagnostics = { files: {}, evidence: [] };

async function keepReport(
  file: DiagnosticFile,
  folder: string,
  options: DiagnosticsOptions,
): Promise<KeptDiagnostics> {
  const head = readReportHead(file.path);
  if (head !== null && !isFatal(head)) {
    await scrub(file.path, file.path, options);
    return NOTHING;
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const target = join(folder, 'diagnostic-report.json');
  const evidence = await scrub(file.path, target, options);
  await rm(file.path, { force: true });
  return evidence === null ? NOTHING : { files: { diagnosticReport: target }, evidence };
}

/** Writes the report anew; null, and nothing is left, when it cannot be read as one. */
async function scrub(
  source: string,
  target: string,
  { mask }: DiagnosticsOptions,
): Promise<readonly string[] | null> {
  const stats = await stat(source);
  const clean =
    !stats.isFile() || stats.size > MAX_REPORT_BYTES
      ? null
      : scrubDiagnosticReport(await readFile(source, 'utf8'), mask);
  if (clean === null) await remove(source);
  else await writeFileWhole(target, clean.text);
  return clean?.evidence ?? null;
}

async function keepSnapshot(
  file: DiagnosticFile,
  folder: string,
  options: DiagnosticsOptions,
): Promise<KeptDiagnostics> {
  if (!(await isWhole(file.path))) {
    await remove(file.path);
    return {
      files: {},
      evidence: ['a heap snapshot was begun, but it ended before that was whole'],
    };
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const target = join(folder, 'heap.heapsnapshot');
  await move(file.path, target);
  await removeOlderSnapshots(options.crashDirectory);
  return { files: { heapSnapshot: target }, evidence: [] };
}

/** Whatever has its name. */
async function remove(path: string): Promise<void> {
  await rm(path, { force: true, recursive: true });
}

async function isWhole(path: string): Promise<boolean> {
  // To open a named pipe would wait for its writer.
  if (!(await stat(path)).isFile()) return false;
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(TAIL_BYTES),
      0,
      TAIL_BYTES,
      Math.max(size - TAIL_BYTES, 0),
    );
    return buffer.toString('latin1', 0, bytesRead).trimEnd().endsWith('}');
  } finally {
    await file.close();
  }
}

async function move(source: string, target: string): Promise<void> {
  await chmod(source, 0o600);
  try {
    await rename(source, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    // The reports may be kept on another disk.
    await copyFile(source, target);
    await rm(source, { force: true });
  }
}

async function removeOlderSnapshots(crashDirectory: string): Promise<void> {
  const folders = (await listCrashFolders(crashDirectory)).reverse();
  const snapshots = folders.map((id) => join(crashDirectory, id, 'heap.heapsnapshot'));
  const there = snapshots.filter((path) => existsSync(path));
  for (const path of there.slice(SNAPSHOTS_KEPT)) await rm(path, { force: true });
}
