import type { Page } from 'playwright-core';
import { makeProject } from '../examples/project-sandbox.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { childrenOf } from '../support/marked-processes.ts';
import { startNode } from '../support/start-child.ts';
import { itInBrowser, useBrowser } from './in-browser.ts';
import { type RabbitCluster, startRabbit } from './rabbitmq-server.ts';

let rabbit: RabbitCluster;

beforeAll(async () => {
  rabbit = await startRabbit();
}, 90_000);

afterAll(() => rabbit.end(), 60_000);

const browser = useBrowser();

/** The example as its one command starts it, and its page. */
async function open(flags: readonly string[]) {
  const cwd = await makeProject(['classic-level', 'rabbitmq-client'], '11-jobs');
  const env = { JOBS_PORT: String(await findFreePorts(1)), PAGE_PORT: '0' };
  const child = startNode(['start.mjs', ...flags], {
    cwd,
    env: { ...env, PATH: process.env['PATH'] },
  });
  const [, address = ''] = await child.waitForLine(/^open (\S+)$/);
  await child.waitForLine(/gateway listens/, 60_000);
  return { child, ...(await browser.visit(address)) };
}

function submit(page: Page): Promise<void> {
  return page.getByRole('button', { name: 'Count to 50' }).click();
}

describe('the page of example 11-jobs in a browser', () => {
  itInBrowser.each([
    ['a directory', (): readonly string[] => []],
    ['RabbitMQ', (): readonly string[] => ['--broker', rabbit.url]],
  ])(
    'submits, shows progress, cancels, and goes on after a kill of the gateway, with %s',
    async (_, flags) => {
      const { child, page, problems } = await open(flags());
      await page.getByText('open', { exact: true }).waitFor();
      await submit(page);
      await page.getByText(/^[1-9]\d* of 50/).waitFor();
      await submit(page);
      const second = page.getByRole('listitem').nth(1);
      await second.getByText(/^[1-9]\d* of 50/).waitFor();
      await second.getByRole('button', { name: 'Cancel' }).click();
      await second.getByText('cancelled', { exact: true }).waitFor();
      expect(problems).toEqual([]);
      const [gateway = 0] = childrenOf(child.pid);
      process.kill(gateway, 'SIGKILL');
      await page.getByText('open', { exact: true }).waitFor({ state: 'detached' });
      await page.getByText('open', { exact: true }).waitFor({ timeout: 60_000 });
      await page.getByText('counted to 50').waitFor({ timeout: 90_000 });
      expect(await page.getByText('counted to 50').count()).toBe(1);
      await page.close();
      child.kill('SIGTERM');
      await child.waitForExit(60_000);
    },
  );
});
