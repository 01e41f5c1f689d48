import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findUdpPort } from '../stream-process/event-sender.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { request } from '../support/request.ts';
import { startNode } from '../support/start-child.ts';
import { makeProject } from './project-sandbox.ts';

afterEach(async () => {
  await assertNoLeaks();
});

describe('example 10-event-stream', () => {
  it('serves a page, and the events that a client in Node asks for', async () => {
    const cwd = await makeProject(['ws'], '10-event-stream');
    const port = await findUdpPort();
    const file = join(cwd, 'simple.json');
    const config = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...config, port }));
    const env = { PAGE_PORT: '0', STREAM_PORT: '0', CHANNEL_PORT: String(port) };
    const child = startNode(['start.mjs'], { cwd, env });
    const [, url = ''] = await child.waitForLine(/^stream listens at (\S+)$/);
    const [, page = ''] = await child.waitForLine(/^open (\S+)$/);
    const { body } = await request(page.replace('localhost', '127.0.0.1'));
    expect(body).toContain(`follow('${url}'`);
    const client = startNode(['client.mjs', 'simple.json', url], { cwd });
    await client.waitForLine(/^Ad \{"text":"two for one","count":\d+,"ReceiptTime":\d+,/);
    await client.waitForLine(/^Search \{"term":"pizza(?:ria)?","lat":51.5\}$/);
    expect(client.output.text).not.toContain('pasta');
    client.kill('SIGTERM');
    expect(await client.waitForExit()).toMatchObject({ code: 0 });
    child.kill('SIGTERM');
    expect(await child.waitForExit()).toMatchObject({ code: 0 });
  });
});
