import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { itWhere } from '../support/it-where.ts';

const CHROMIUM = '/usr/bin/chromium';
const HAS_CHROMIUM = existsSync(CHROMIUM);

/** Debian's browser, for all tests of a file: its windows are closed after each, and nothing may be left. */
export interface TestBrowser {
  newPage(options?: BrowserContextOptions): Promise<Page>;
  /** A page, and what was wrong in it: errors of its scripts, and what it wrote as one. */
  visit(address: string): Promise<{ readonly page: Page; readonly problems: string[] }>;
}

export const itInBrowser = itWhere(HAS_CHROMIUM, 'no chromium');

export function useBrowser(): TestBrowser {
  let browser: Browser | null = null;
  jest.setTimeout(120_000);

  beforeAll(async () => {
    // Without the sandbox that a container does not let it have.
    if (HAS_CHROMIUM)
      browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });

  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
    await assertNoLeaks();
  });

  afterAll(async () => {
    await browser?.close();
  });

  const newPage = async (options?: BrowserContextOptions): Promise<Page> => {
    if (browser === null) throw new Error('there is no browser');
    return (await browser.newContext(options)).newPage();
  };
  return {
    newPage,
    visit: async (address) => {
      const page = await newPage();
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(String(error)));
      page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
      await page.goto(address);
      return { page, problems };
    },
  };
}
