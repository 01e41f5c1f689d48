import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixture, runServer, type Session } from '../session-process/run-server.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { DashboardPage } from './dashboard-page.ts';
import { itInBrowser, useBrowser } from './in-browser.ts';

const SHOP = fixture('../dashboard/shop.cjs');
const IMAGES = join(__dirname, '../../docs/images');
const HTTP = ['control.http.port=0', 'polling.route=/health'];
const ERROR = /Cannot read properties of undefined \(reading 'items'\)/;

const browser = useBrowser();

describe('the dashboard in a browser', () => {
  itInBrowser(
    'shows nothing without the key, says when it is wrong, and all with the right one',
    async () => {
      const session = await start();
      const page = await open(session);
      await page.page.getByRole('heading', { name: 'This session is locked' }).waitFor();
      await page.unlock('not-the-key');
      await page.page.getByText('This is not the right key.').waitFor();
      expect(await page.findFaults()).toEqual([]);
      await page.unlock();
      await page.isLive();
      await page.page.getByRole('heading', { level: 1, name: 'shop is running' }).waitFor();
      expect(await page.page.title()).toBe('running: shop – Vigil');
      expect(page.problems).toEqual([]);
      await session.stop();
    },
  );

  itInBrowser('shows a crash without being loaded again, and its report', async () => {
    const session = await start('control.http.readOnly=true');
    const { page, problems } = await open(session);
    await page.getByText('None. The server has not died unexpectedly.').waitFor();
    await session.act('/checkout?basket=9');
    const reported = await session.event('crash.reported');
    await page.getByRole('link', { name: ERROR }).click();
    await page.getByRole('heading', { level: 1, name: ERROR }).waitFor();
    const text = await page.getByRole('main').innerText();
    expect(text).toContain('An uncaught exception ended the server process (exit code 1).');
    expect(text).toContain('return basket.items.reduce');
    expect(text).toContain('shop.cjs:11:17');
    expect(text).toContain('GET /checkout');
    expect(text).toContain(String(reported['id']));
    await page.goBack();
    await page.getByText('shop is open').last().waitFor();
    await page.getByRole('link', { name: 'Report on the death of process 1' }).waitFor();
    expect(problems).toEqual([]);
    await session.stop();
  });

  itInBrowser('restarts with the key and not without, and asks before it stops', async () => {
    const session = await start('control.http.readOnly=true');
    const { page, key, problems } = await open(session);
    await page.getByRole('button', { name: 'Restart' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Session key').fill('not-the-key');
    await dialog.getByRole('button', { name: 'Restart' }).click();
    await dialog.getByText('This is not the right key.').waitFor();
    expect((await session.ofType('worker.forked')).length).toBe(1);
    await dialog.getByLabel('Session key').fill(key);
    await page.keyboard.press('Enter');
    await page.getByText('Restarted: process number 2 serves.').waitFor();
    await session.ready(2);
    // From now on the page has the key.
    await page.getByRole('button', { name: 'Reload' }).click();
    await page.getByText('Reloaded: the new process has taken over.').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    // Not by its role, which it loses as soon as it is no longer shown.
    await page.locator('dialog').waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('Stop …');
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Stop' }).click();
    expect((await session.ended()).code).toBe(0);
    await page.getByText('Offline since').waitFor();
    await page.getByRole('heading', { level: 1, name: 'shop has ended' }).waitFor();
    expect(problems).toEqual([]);
  });

  itInBrowser('asks again and again where WebSockets do not come through', async () => {
    const session = await start('control.http.readOnly=true');
    const page = await open(session, async (one) => {
      await one.page.routeWebSocket('**/live', (socket) => socket.close({ code: 1011 }));
    });
    await page.page.getByText('Every 2 s, no live connection').waitFor();
    await session.act('/checkout?basket=9');
    await page.page.getByRole('link', { name: ERROR }).waitFor();
    expect(page.problems).toEqual([]);
    await session.stop();
  });

  itInBrowser(
    'can be used by everybody on each view, in light and dark, narrow and wide',
    async () => {
      const session = await start('control.http.readOnly=true');
      await crashOnce(session);
      const [{ id } = { id: '' }] = session.reports();
      for (const colorScheme of ['light', 'dark'] as const) {
        const dashboard = await open(session, undefined, colorScheme);
        const { page } = dashboard;
        for (const [hash, heading] of [
          ['#/', 'shop is running'],
          ['#/trends', 'Trends'],
          [`#/crashes/${String(id)}`, ERROR],
        ] as const) {
          await dashboard.go(hash, heading);
          for (const width of [360, 1280, 3840]) {
            await page.setViewportSize({ width, height: 900 });
            expect([hash, width, await dashboard.overflow()]).toEqual([hash, width, 0]);
          }
          await page.setViewportSize({ width: 1280, height: 900 });
          expect([colorScheme, hash, await dashboard.findFaults()]).toEqual([
            colorScheme,
            hash,
            [],
          ]);
        }
        expect(dashboard.problems).toEqual([]);
      }
      await session.stop();
    },
  );

  itInBrowser('is used with the keyboard alone', async () => {
    const session = await start('control.http.readOnly=true');
    const dashboard = await open(session);
    const { page, problems } = dashboard;
    await dashboard.isLive();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await dashboard.focus()).toBe('main');
    await page.keyboard.press('Tab');
    expect(await dashboard.focus()).toBe('Reload');
    await page.getByRole('link', { name: 'Trends' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Trends' }).waitFor();
    await page.getByText('The same as a table').press('Enter');
    await page.getByRole('columnheader', { name: 'Health answer' }).waitFor();
    expect(problems).toEqual([]);
    await session.stop();
  });

  // Only on demand: an ordinary run leaves the tree as it was.
  itInBrowser('is photographed for the README', async () => {
    if (process.env['VIGIL_DASHBOARD_IMAGES'] !== '1') return;
    const session = await start('control.http.readOnly=true');
    for (let count = 0; count < 30; count += 1) await session.get(`/tea/${String(count % 7)}`);
    const { page } = await open(session);
    await crashOnce(session);
    for (let count = 0; count < 30; count += 1) await session.get(`/basket/${String(count % 5)}`);
    await page.waitForTimeout(8000);
    await page.screenshot({ path: join(IMAGES, 'dashboard.png') });
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.getByRole('link', { name: ERROR }).click();
    await page.getByRole('heading', { level: 1, name: ERROR }).waitFor();
    await page.screenshot({ path: join(IMAGES, 'crash-report.png') });
    await session.stop();
  });
});

async function start(...set: string[]): Promise<Session> {
  // Where nothing of this machine stands in a stack.
  const cwd = await makeTempDirectory({ 'shop.cjs': readFileSync(SHOP, 'utf8') });
  const flags = ['--name', 'shop'];
  const session = await runServer(join(cwd, 'shop.cjs'), { set: [...HTTP, ...set], flags, cwd });
  await session.ready();
  return session;
}

async function open(
  session: Session,
  prepare?: (page: DashboardPage) => Promise<void>,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<DashboardPage> {
  const page = await DashboardPage.open(browser, session, { colorScheme });
  if (prepare !== undefined) {
    await prepare(page);
    await page.page.reload();
  } else if ((await page.page.getByLabel('Session key').count()) === 0) {
    await page.page.getByRole('heading', { level: 1 }).waitFor();
  }
  return page;
}

async function crashOnce(session: Session): Promise<void> {
  await session.act('/checkout?basket=9');
  await session.event('crash.reported');
  await session.ready(2);
}
