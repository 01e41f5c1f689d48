import { existsSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { makeProject } from '../examples/project-sandbox.ts';
import { findUdpPort } from '../stream-process/event-sender.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { itWhere } from '../support/it-where.ts';
import { startNode } from '../support/start-child.ts';
import { openBrowser } from './dashboard-page.ts';

const HAS_CHROMIUM = existsSync('/usr/bin/chromium');
const itInBrowser = itWhere(HAS_CHROMIUM, 'no chromium');
jest.setTimeout(120_000);

let browser: Browser | null = null;

beforeAll(async () => {
  if (HAS_CHROMIUM) browser = await openBrowser();
});

afterEach(async () => {
  for (const context of browser?.contexts() ?? []) await context.close();
  await assertNoLeaks();
});

afterAll(async () => {
  await browser?.close();
});

describe('the page of example 10-event-stream in a browser', () => {
  itInBrowser('shows what is asked for, says what is wrong, and leaves', async () => {
    const cwd = await makeProject(['ws'], '10-event-stream');
    const channel = String(await findUdpPort());
    const env = { PAGE_PORT: '0', STREAM_PORT: '0', CHANNEL_PORT: channel };
    const child = startNode(['start.mjs'], { cwd, env: { ...env, PATH: process.env['PATH'] } });
    const [, address = ''] = await child.waitForLine(/^open (\S+)$/);
    const page = (await browser?.newPage()) as Page;
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await page.goto(address);
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
