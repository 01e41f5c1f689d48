import { readFileSync } from 'node:fs';
import { source as AXE } from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { Session } from '../session-process/run-server.ts';
import type { TestBrowser } from './in-browser.ts';

// The browser runs these; here they are only text.
const TELL_REFUSALS = `document.addEventListener('securitypolicyviolation', (violation) => {
  console.error('refused by the policy: ' + violation.violatedDirective + ' ' + violation.blockedURI);
});`;

/** A page of the dashboard that remembers what went wrong in it. */
export class DashboardPage {
  readonly page: Page;
  readonly url: string;
  readonly key: string;
  readonly problems: string[] = [];

  constructor(page: Page, url: string, key: string) {
    this.page = page;
    this.url = url;
    this.key = key;
    page.on('console', (message) => {
      // What a browser says by itself of an answer that is an error is no fault of the page.
      const isNetwork = /^Failed to load resource|WebSocket connection to/.test(message.text());
      if (['error', 'warning'].includes(message.type()) && !isNetwork)
        this.problems.push(message.text());
    });
    page.on('pageerror', (error) => this.problems.push(String(error)));
  }

  static async open(
    browser: TestBrowser,
    session: Session,
    options: BrowserContextOptions = {},
  ): Promise<DashboardPage> {
    const { url, keyFile } = await session.event('control.opened');
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
    await page.addInitScript({ content: TELL_REFUSALS });
    const key = readFileSync(String(keyFile), 'utf8').trim();
    const dashboard = new DashboardPage(page, String(url), key);
    await page.goto(dashboard.url);
    return dashboard;
  }

  async unlock(key = this.key): Promise<void> {
    await this.page.getByLabel('Session key').fill(key);
    await this.page.getByRole('button', { name: 'Open' }).click();
  }

  /** It is connected, and its lower half has been loaded. */
  async isLive(): Promise<void> {
    await this.page.getByText('Live', { exact: true }).waitFor();
    await this.page.getByRole('heading', { name: 'Lives and deaths' }).waitFor();
  }

  async go(hash: string, heading: string | RegExp): Promise<void> {
    await this.page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    await this.page.getByRole('heading', { level: 1, name: heading }).waitFor();
  }

  /** Serious and critical faults for people who use it otherwise than by eye and mouse. */
  async findFaults(): Promise<string[]> {
    // By the debugger, which the policy of the page does not bind.
    await this.page.evaluate(AXE);
    return this.page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: { run(): Promise<AxeResults> } };
      const { violations } = await axe.run();
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
        );
    });
  }

  /** The id of what has the focus, or its text. */
  focus(): Promise<string> {
    return this.page.evaluate(
      'document.activeElement.id || document.activeElement.textContent.trim()',
    );
  }

  /** By how many pixels it is wider than its window. */
  overflow(): Promise<number> {
    return this.page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
  }
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}
