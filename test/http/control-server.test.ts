import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ControlClient } from '../../lib/http/control-client.ts';
import { ControlServer } from '../../lib/http/control-server.ts';
import { systemClock } from '../../lib/util/clock.ts';
import { FakePort } from './fake-port.ts';

let directory: string;
let server: ControlServer;
let port: FakePort;
let client: ControlClient;

beforeEach(async () => {
  directory = join(mkdtempSync(join(tmpdir(), 'vigil-control-')), 'state');
  port = new FakePort();
  server = new ControlServer({ stateDirectory: directory, port, clock: systemClock });
  await server.listen();
  client = new ControlClient(directory, { sessionName: 'shop' });
});

afterEach(async () => {
  await server.close();
  rmSync(join(directory, '..'), { recursive: true, force: true });
});

describe('ControlServer', () => {
  it('answers', async () => {
    expect(await client.request('GET', '/status')).toEqual({ name: 'shop', state: 'running' });
    expect(await client.request('POST', '/restart', { force: true })).toEqual({ ok: true });
    expect(statSync(join(directory, 'control.sock')).mode & 0o777).toBe(0o600);
    await expect(client.request('GET', '/nope')).rejects.toMatchObject({ code: 'ERR_CONTROL' });
    await expect(client.request('POST', '/command', { line: 'x'.repeat(2_000_000) })).rejects.toMatchObject({ cause: { status: 413 } });
    port.past = [{ type: 'a' }];
    const end = new AbortController();
    const got: unknown[] = [];
    for await (const line of client.lines('/events?follow=1', end.signal)) {
      got.push(line);
      if (got.length === 1) port.publish({ type: 'b' });
      if (got.length === 2) end.abort();
    }
    expect(got).toEqual([{ type: 'a' }, { type: 'b' }]);
  });
});
