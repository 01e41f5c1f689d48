import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import WebSocket from 'ws';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { request } from '../support/request.ts';
import { startNode } from '../support/start-child.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeProject, VIGIL } from './project-sandbox.ts';

afterEach(async () => {
  await assertNoLeaks();
});

interface Rows {
  readonly spawns: readonly {
    readonly id: string;
    readonly state: string;
    readonly endedBecause: string;
  }[];
}

async function rowsOf(url: string): Promise<Rows['spawns']> {
  const { body } = await request(`${url}/api/spawns`);
  return (JSON.parse(body) as Rows).spawns;
}

/** The ports of the example are those of a quiet machine; here many tests run. */
async function movePorts(cwd: string, file: string): Promise<void> {
  const path = join(cwd, file);
  const config = JSON.parse(await readFile(path, 'utf8')) as object;
  const ports = { begin: await findFreePorts(2), max: 2 };
  await writeFile(path, JSON.stringify({ ...config, port: 0, ports }));
}

describe('example 06-spawner', () => {
  it('serves a page, and starts a process for each of its clients', async () => {
    const cwd = await makeProject(['ws'], '06-spawner');
    await movePorts(cwd, 'spawner.config.json');
    const env = { PAGE_PORT: '0', PATH: process.env['PATH'] };
    const child = startNode(['start.mjs'], { cwd, env });
    const [, page = ''] = await child.waitForLine(/^open (\S+)$/);
    const { body } = await request(page.replace('localhost', '127.0.0.1'));
    const [, url = ''] = /const spawner = '([^']+)'/.exec(body) ?? [];
    const params = JSON.stringify({ params: { model: 'engine' } });
    const answer = await request(`${url}/spawn`, { method: 'POST', body: params });
    const { endpoint, id } = JSON.parse(answer.body) as { endpoint: string; id: string };
    for (const address of [endpoint.replace('localhost', '127.0.0.1'), url.replace('http', 'ws')]) {
      const socket = new WebSocket(address);
      const first = await new Promise((resolve, reject) => {
        socket.once('message', (data: Buffer) => {
          resolve(data.toString());
        });
        socket.once('error', reject);
      });
      expect(first).toMatch(/^process \d+, model "(engine)?", the client renders$/);
      socket.close();
    }
    await waitUntil(
      async () => ((await rowsOf(url)).every(({ state }) => state === 'dead') ? true : undefined),
      () => 'a server did not end with its client',
    );
    expect((await rowsOf(url)).find((row) => row.id === id)).toMatchObject({
      endedBecause: 'it has disconnected',
    });
    child.kill('SIGTERM');
    expect(await child.waitForExit()).toMatchObject({ code: 0 });
  });

  it('keeps a server that is a shell script', async () => {
    const cwd = await makeProject([], '06-spawner');
    await movePorts(cwd, 'shell.config.json');
    const child = startNode([VIGIL, 'spawner', '-c', 'shell.config.json'], { cwd });
    const [, url = ''] = await child.waitForLine(/listens at (\S+)/);
    const { status, body } = await request(`${url}/spawn`, { method: 'POST' });
    const { id } = JSON.parse(body) as { id: string };
    expect(status).toBe(201);
    await child.waitForLine(new RegExp(`liveliness ping: ${id}`));
    await request(`${url}/api/spawns/${id}`, { method: 'DELETE' });
    await child.waitForLine(new RegExp(`liveliness disconnect: ${id}`));
    await child.waitForLine(new RegExp(`spawn ${id} exited with code: 0`));
    child.kill('SIGTERM');
    expect(await child.waitForExit()).toMatchObject({ code: 0 });
  });
});
