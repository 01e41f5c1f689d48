import { makeProject } from '../examples/project-sandbox.ts';
import { findUdpPort } from '../stream-process/event-sender.ts';
import { startNode } from '../support/start-child.ts';
import { itInBrowser, useBrowser } from './in-browser.ts';

const browser = useBrowser();

describe('the page of example 10-event-stream in a browser', () => {
  itInBrowser('shows what is asked for, says what is wrong, and leaves', async () => {
    const cwd = await makeProject(['ws'], '10-event-stream');
    const channel = String(await findUdpPort());
    const env = { PAGE_PORT: '0', STREAM_PORT: '0', CHANNEL_PORT: channel };
    const child = startNode(['start.mjs'], { cwd, env: { ...env, PATH: process.env['PATH'] } });
    const [, address = ''] = await child.waitForLine(/^open (\S+)$/);
    const { page, problems } = await browser.visit(address);
    await page.getByRole('button', { name: 'Follow' }).click();
    await page.getByText('connected', { exact: true }).waitFor();
    await page.getByRole('cell', { name: 'Search' }).first().waitFor();
    await page.getByRole('cell', { name: '"text":"two for one"' }).first().waitFor();
    const shot = process.env['SHOT'];
    if (shot !== undefined) await page.screenshot({ path: shot, fullPage: true });
    await page.getByLabel('What is wanted').fill(`{"ip":"127.0.0.1","port":${channel}}`);
    await page.getByRole('button', { name: 'Follow' }).click();
    await page.getByText('error: requests must be specified').waitFor();
    await page.getByRole('button', { name: 'Leave' }).click();
    await page.getByText('not connected').waitFor();
    expect(problems).toEqual([]);
    await page.close();
    child.kill('SIGTERM');
    expect(await child.waitForExit()).toMatchObject({ code: 0 });
  });
});
