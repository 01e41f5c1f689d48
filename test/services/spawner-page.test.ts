import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeProject } from '../examples/project-sandbox.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { request } from '../support/request.ts';
import { startNode } from '../support/start-child.ts';
import { waitUntil } from '../support/wait-until.ts';
import { itInBrowser, useBrowser } from './in-browser.ts';

const browser = useBrowser();

interface Row {
  readonly state: string;
  readonly pid: number;
  readonly endedBecause: string | null;
}

/** The example as its one command starts it, on ports of its own, and its page in the browser. */
async function open() {
  const cwd = await makeProject(['ws'], '06-spawner');
  const file = join(cwd, 'spawner.config.json');
  const config = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(
    file,
    JSON.stringify({ ...config, port: 0, ports: { begin: await findFreePorts(1), max: 1 } }),
  );
  const env = { PAGE_PORT: '0', PATH: process.env['PATH'] };
  const child = startNode(['start.mjs'], { cwd, env });
  const [, address = ''] = await child.waitForLine(/^open (\S+)$/);
  const { page, problems } = await browser.visit(address);
  const spawner = String(await page.evaluate('spawner'));
  const rows = async (): Promise<Row[]> => {
    const { body } = await request(`${spawner}/api/spawns`);
    return (JSON.parse(body) as { spawns: Row[] }).spawns;
  };
  return { child, page, problems, rows };
}

describe('the page of example 06-spawner in a browser', () => {
  itInBrowser.each([
    ['on its own port', 'Ask for a server', 'engine'],
    ["through the spawner's port", "Through the spawner's own port", ''],
  ])('gets a process of its own and talks to it, %s', async (_, button, model) => {
    const { child, page, problems, rows } = await open();
    await page.getByRole('button', { name: button }).click();
    await page.getByText('echo: hello').waitFor();
    const [row] = await rows();
    const log = await page.locator('#log').innerText();
    expect(log).toContain(`process ${row?.pid}, model "${model}", the client renders`);
    await page.getByRole('button', { name: 'Leave' }).click();
    await page.getByText('the connection is closed').waitFor();
    await waitUntil(
      async () => ((await rows())[0]?.state === 'dead' ? true : undefined),
      () => 'the server did not end with its client',
    );
    expect((await rows())[0]?.endedBecause).toBe('it has disconnected');
    expect(problems).toEqual([]);
    child.kill('SIGTERM');
    expect(await child.waitForExit()).toMatchObject({ code: 0 });
  });

  itInBrowser('says why there is none when all ports are taken', async () => {
    const { child, page, rows } = await open();
    await page.getByRole('button', { name: 'Ask for a server' }).click();
    await page.getByText('echo: hello').waitFor();
    await page.getByRole('button', { name: 'Ask for a server' }).click();
    await page.getByText('No ports available').waitFor();
    await page.close();
    // Its client has gone, and so does the server.
    await waitUntil(
      async () => ((await rows())[0]?.state === 'dead' ? true : undefined),
      () => 'the server did not end with the page',
    );
    child.kill('SIGTERM');
    expect(await child.waitForExit()).toMatchObject({ code: 0 });
  });
});
