import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  readGatewayPlace,
  removeGatewayPlace,
  writeGatewayPlace,
} from '../../lib/jobs/serve/gateway-place.ts';
import { identifyHolder } from '../../lib/session/monitor/session-lock.ts';

const URL_WRITTEN = 'ws://127.0.0.1:8901/jobs';

describe('the place of a gateway', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'vigil-place-'));
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  /** The lock is held by the process that has started this one. */
  function lock(): number {
    const { pid, startTime } = identifyHolder(process.ppid);
    symlinkSync(`${String(pid)}-${startTime ?? ''}`, join(directory, 'lock'));
    return pid;
  }

  function write(content: unknown): void {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(join(directory, 'gateway.json'), text);
  }

  it('is that of the process that has the state directory', () => {
    write({ pid: lock(), url: URL_WRITTEN });
    expect(readGatewayPlace(directory)).toBe(URL_WRITTEN);
  });

  it('is not known without such a process', () => {
    write({ pid: process.ppid, url: URL_WRITTEN });
    expect(readGatewayPlace(directory)).toBeNull();
  });

  it.each([
    ['of one that was killed before', { pid: 1, url: URL_WRITTEN }],
    ['half a file', '{"pid":'],
    ['no object', 'null'],
  ])('is not taken from %s', (_, content) => {
    lock();
    write(content);
    expect(readGatewayPlace(directory)).toBeNull();
  });

  it('is written whole, and removed', async () => {
    await writeGatewayPlace(directory, URL_WRITTEN);
    expect(readdirSync(directory)).toEqual(['gateway.json']);
    removeGatewayPlace(directory);
    removeGatewayPlace(directory);
    expect(readdirSync(directory)).toEqual([]);
  });
});
