import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { runServer, type Session } from '../session-process/run-server.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { startNode } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { DashboardPage } from './dashboard-page.ts';
import { itInBrowser, useBrowser } from './in-browser.ts';

const CLI = resolve(__dirname, '../../dist/cli/main.js');
const browser = useBrowser();

async function startSession(folder: string, name: string): Promise<Session> {
  const stateDirectory = join(folder, '.vigil', name);
  await mkdir(stateDirectory, { recursive: true, mode: 0o700 });
  const flags = ['--state-dir', stateDirectory, '--name', name];
  const session = await runServer('acts.cjs', { flags });
  await session.ready();
  return session;
}

itInBrowser('the page of several sessions shows all, and leads to each and back', async () => {
  const folder = await makeTempDirectory();
  const [web, api] = await Promise.all([startSession(folder, 'web'), startSession(folder, 'api')]);
  const child = startNode([CLI, 'dashboard', '-p', '0'], { cwd: folder });
  const [, url = '', keyFile = ''] = await child.waitForLine(/^dashboard: (\S+), key in (.+)$/);
  const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
  const dashboard = new DashboardPage(page, url, readFileSync(keyFile, 'utf8').trim());
  await page.goto(url);
  await page.getByRole('heading', { name: 'This dashboard is locked' }).waitFor();
  expect(await dashboard.findFaults()).toEqual([]);
  await page.getByLabel('Dashboard key').fill('not-the-key-of-it');
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByText('This is not the key of this dashboard.').waitFor();
  await page.getByLabel('Dashboard key').fill(dashboard.key);
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByRole('heading', { level: 1, name: '2 sessions, none in trouble' }).waitFor();
  expect(await dashboard.findFaults()).toEqual([]);
  expect(await dashboard.overflow()).toBeLessThanOrEqual(0);

  await page.getByRole('link', { name: 'web' }).click();
  await dashboard.isLive();
  await page.getByRole('heading', { level: 1, name: 'web is running' }).waitFor();
  await page.getByRole('button', { name: 'Restart' }).click();
  await page.getByText('Restarted: process number 2 serves.').waitFor();
  api.vigil.child.kill('SIGKILL');
  await api.vigil.waitForExit();
  await page.getByRole('link', { name: 'All sessions' }).click();
  await page.getByText('is gone: its monitor was killed').waitFor();
  expect(await page.title()).toBe('1 of 2 sessions in trouble – Vigil');
  await page.getByRole('link', { name: 'api' }).click();
  await page.getByRole('heading', { name: 'Nobody answers' }).waitFor();
  expect(dashboard.problems).toEqual([]);
  await page.close();
  child.kill('SIGTERM');
  expect((await child.waitForExit()).code).toBe(0);
  await web.stop();
  await assertNoLeaks();
});
