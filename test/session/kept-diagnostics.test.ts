import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clearDiagnostics, keepDiagnostics } from '../../lib/session/monitor/kept-diagnostics.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const ID = '20260131-235959-123-4f0c2a';
const PID = 4720;

function report(trigger: string): string {
  return JSON.stringify({
    header: { event: 'of the test', trigger, commandLine: ['node', '--token=hidden-value'] },
    javascriptStack: { message: 'boom', stack: ['at shop (/srv/shop.js:1:1)', 'at Unavailable.'] },
    javascriptHeap: { usedMemory: 40 * 1024 * 1024, memoryLimit: 44 * 1024 * 1024 },
    workers: [{ environmentVariables: { COLOR: 'green-and-blue' } }],
    environmentVariables: { COLOR: 'green-and-blue', SHOP_TOKEN: 'hidden-value' },
  });
}

async function makeState(files: Readonly<Record<string, string>>) {
  const stateDirectory = await makeTempDirectory(files);
  const crashDirectory = join(stateDirectory, 'crashes');
  const mask = (text: string): string => text.replaceAll('hidden-value', '[masked]');
  return { stateDirectory, crashDirectory, mask };
}

/** Everything below a folder, with its text. */
function contentOf(directory: string): Record<string, string> {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => statSync(join(directory, name)).isFile());
  return Object.fromEntries(
    files.map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
  );
}

describe('keepDiagnostics', () => {
  it('takes the report of a fatal error, and leaves one that the server asked for, both without values', async () => {
    const places = await makeState({
      'report.20260131.235959.4720.0.002.json': report('FatalError'),
      'report.20260131.235900.4720.0.001.json': report('JavaScript API'),
      'report.20260131.235959.1111.0.001.json': report('FatalError'),
    });
    const kept = await keepDiagnostics(PID, ID, places);
    expect(kept).toEqual({
      files: { diagnosticReport: join(places.crashDirectory, ID, 'diagnostic-report.json') },
      evidence: [
        'diagnostic report: 40 MB of heap in use at the end, at most 44 MB allowed',
        'diagnostic report: at that moment JavaScript was at shop (/srv/shop.js:1:1), at Unavailable.',
      ],
    });
    const { 'report.20260131.235959.1111.0.001.json': other, ...own } = contentOf(
      places.stateDirectory,
    );
    expect(Object.keys(own)).toEqual([
      `crashes/${ID}/diagnostic-report.json`,
      'report.20260131.235900.4720.0.001.json',
    ]);
    expect(Object.values(own).join()).not.toMatch(/green|hidden/);
    expect(Object.values(own)[0]).toMatch(/"COLOR": "\[value not kept\]"/);
    expect(other).toContain('green');
  });

  it('keeps nothing that is not whole, and says so of a heap snapshot', async () => {
    const places = await makeState({
      'report.20260131.235959.4720.0.001.json': report('OOMError').slice(0, -40),
      'Heap.20260131.235959.4720.0.001.heapsnapshot': '{"snapshot":{"meta":{"node_fi',
    });
    expect(await keepDiagnostics(PID, ID, places)).toEqual({
      files: {},
      evidence: ['a heap snapshot was begun, but it ended before that was whole'],
    });
    expect(contentOf(places.stateDirectory)).toEqual({});
  });

  it('keeps the three newest heap snapshots', async () => {
    const places = await makeState({});
    for (const day of ['01', '02', '03', '04']) {
      const name = `Heap.202601${day}.235959.4720.0.001.heapsnapshot`;
      writeFileSync(join(places.stateDirectory, name), '{}\n');
      await keepDiagnostics(PID, `202601${day}-235959-123-4f0c2a`, places);
    }
    expect(Object.keys(contentOf(places.crashDirectory))).toEqual([
      '20260102-235959-123-4f0c2a/heap.heapsnapshot',
      '20260103-235959-123-4f0c2a/heap.heapsnapshot',
      '20260104-235959-123-4f0c2a/heap.heapsnapshot',
    ]);
  });

  it('removes a report that cannot be kept, and says why', async () => {
    const places = await makeState({
      'report.20260131.235959.4720.0.001.json': report('OOMError'),
      crashes: 'a file where the folder should be',
    });
    const { files, evidence } = await keepDiagnostics(PID, ID, places);
    expect({ files, evidence }).toEqual({
      files: {},
      evidence: [expect.stringMatching(/^its diagnostic report could not be kept: /)],
    });
    expect(Object.keys(contentOf(places.stateDirectory))).toEqual(['crashes']);
  });
});

describe('clearDiagnostics', () => {
  it('removes what servers have left whose monitor was killed, and takes the values out of what stays', async () => {
    const places = await makeState({
      'report.20260131.235959.4720.0.001.json': report('OOMError'),
      'report.20260131.235959.4720.0.002.json': report('JavaScript API'),
      'report.20260131.235959.4720.0.003.json': 'torn {',
      'report.20260131.235959.1111.0.001.json': report('OOMError'),
      'Heap.20260131.235959.4720.0.001.heapsnapshot': '{}',
      'report.of.the.user.json': report('OOMError'),
    });
    await clearDiagnostics(places, (pid) => pid === 1111);
    const content = contentOf(places.stateDirectory);
    expect(Object.keys(content)).toEqual([
      'report.20260131.235959.1111.0.001.json',
      'report.20260131.235959.4720.0.002.json',
      'report.of.the.user.json',
    ]);
    expect(content['report.20260131.235959.4720.0.002.json']).not.toMatch(/green|hidden/);
  });
});
