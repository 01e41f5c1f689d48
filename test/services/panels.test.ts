import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { makeFleet } from '../fleet-process/start-fleet.ts';
import { startServe, TestClient } from '../jobs-process/start-jobs.ts';
import { DashboardPage } from './dashboard-page.ts';
import { itInBrowser, useBrowser } from './in-browser.ts';

const SCRIPT = '<script>document.title="taken"</script>';
const TOKEN = 'token-of-these-jobs';
const browser = useBrowser();

/** Both ways of looking at it are without faults. */
async function inspect(panel: DashboardPage, name: string): Promise<void> {
  const { page } = panel;
  await keepPicture(page, `${name}-wide`);
  expect(await panel.findFaults()).toEqual([]);
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await panel.overflow()).toBeLessThanOrEqual(0);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await panel.findFaults()).toEqual([]);
  await keepPicture(page, `${name}-narrow`);
  expect(await page.locator('main script').count()).toBe(0);
  expect(panel.problems).toEqual([]);
}

async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env['VIGIL_PICTURES'];
  if (folder !== undefined)
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

itInBrowser('a fleet shows its servers, hosts and crashes, and stays up to date', async () => {
  const servers = { 'gate-1': {}, 'chat-1': {}, 'chat-2': { behave: 'crash', cry: SCRIPT } };
  const fleet = await makeFleet(servers, 'production', { adminHttpPort: 0 });
  const master = fleet.startInFront();
  const [, url = '', keyFile = ''] = await master.waitForLine(
    /page of the fleet is (\S+), its key is in (.+)$/,
  );
  await fleet.state('gate-1', 'ready');
  await fleet.state('chat-1', 'ready');
  await fleet.state('chat-2', 'waiting');
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const panel = new DashboardPage(page, url, readFileSync(keyFile, 'utf8').trim());
  await page.goto(url);
  await page.getByRole('heading', { name: 'This fleet is locked' }).waitFor();
  await page.getByLabel('Fleet key').fill(panel.key);
  await page.getByRole('button', { name: 'Open' }).click();
  await page
    .getByRole('heading', { name: 'Fleet production: 1 of 3 servers in trouble' })
    .waitFor();
  await page.getByText(`${SCRIPT}`).first().waitFor();
  await inspect(panel, 'fleet');
  expect((await fleet.vigil('stop', 'chat-2')).code).toBe(0);
  await page.getByRole('heading', { name: 'Fleet production: 2 of 3 servers ready' }).waitFor();
  master.kill('SIGTERM');
  expect((await master.waitForExit()).code).toBe(0);
  await page.getByText('Offline since').waitFor();
  await page.close();
});

itInBrowser('jobs show their queues, workers and dead letters, and stay up to date', async () => {
  const settings = ['--set', `token=${TOKEN}`, '--set', 'maxAttempts=1'];
  const serve = await startServe(['--broker', 'memory:', '--workers', '2', ...settings]);
  const client = await TestClient.connect(`${serve.url}?token=${TOKEN}`);
  client.send({ type: 'job', id: SCRIPT, name: 'exits' });
  await client.until('end of the job', () => client.of('result')[0]);
  client.send({ type: 'job', id: 'long', name: 'obedient' });
  await client.until('progress', () => client.of('progress')[0]);
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const url = serve.url.replace(/^ws:(.*)\/jobs$/, 'http:$1/');
  const panel = new DashboardPage(page, url, TOKEN);
  await page.goto(url);
  await page.getByRole('heading', { name: 'These jobs are locked' }).waitFor();
  await page.getByLabel('Token').fill(TOKEN);
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByRole('heading', { name: 'Jobs: 1 open, 1 dead letter' }).waitFor();
  await page.getByText(SCRIPT).waitFor();
  await inspect(panel, 'jobs');
  client.send({ type: 'cancel', id: 'long' });
  await page.getByRole('heading', { name: 'Jobs: 0 open, 1 dead letter' }).waitFor();
  await client.close();
  await page.close();
  serve.child.kill('SIGTERM');
  expect((await serve.child.waitForExit(30_000)).code).toBe(0);
});
