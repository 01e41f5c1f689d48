import type { ResolvedSessionOptions } from '../options.ts';

/**
 * The flags that let Node leave a report when it meets a fatal error, and by option its heap. Both are
 * written to the state directory, which is there already and closed to others; the monitor takes them
 * from there. A server that is started with flags of its own for these files keeps its own ways.
 */
export function listDiagnosticFlags(
  nodeArgs: readonly string[],
  { stateDirectory, crashReports }: ResolvedSessionOptions,
): string[] {
  const given = [...nodeArgs, process.env['NODE_OPTIONS'] ?? ''].join(' ');
  const flags = /--report-/.test(given) ? [] : listReportFlags(stateDirectory);
  if (crashReports.heapSnapshot && !/--diagnostic-dir|--heapsnapshot-near/.test(given)) {
    flags.push('--heapsnapshot-near-heap-limit=1', `--diagnostic-dir=${stateDirectory}`);
  }
  return flags;
}

function listReportFlags(directory: string): string[] {
  return [
    '--report-on-fatalerror',
    `--report-directory=${directory}`,
    // The names of the peers would be looked up one by one, by a process that is dying.
    '--report-exclude-network',
    // Node 20 has no such flag: there the values are taken out of the report afterwards.
    ...('excludeEnv' in process.report ? ['--report-exclude-env'] : []),
  ];
}
