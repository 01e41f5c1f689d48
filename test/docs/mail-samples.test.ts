import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeMail } from '../../lib/notify/compose-mail.ts';
import { renderMail } from '../../lib/notify/mail-document.ts';
import { composeWebhookBody } from '../../lib/notify/webhook-body.ts';
import { buildCrashReport } from '../../lib/report/build-crash-report.ts';
import { ROOT } from './code-blocks.ts';

interface Maker {
  makePage(modules: object): string;
}

// eslint-disable-next-line @typescript-eslint/no-require-imports -- a script, not a module of ours
const maker = require('../../scripts/make-mail-samples.cjs') as Maker;

describe('docs/reference/mails.md', () => {
  const page = readFileSync(join(ROOT, 'docs/reference/mails.md'), 'utf8');

  it('shows what is sent (npm run build && node scripts/make-mail-samples.mjs)', () => {
    const modules = { composeMail, renderMail, composeWebhookBody, buildCrashReport };
    expect(maker.makePage(modules)).toBe(page);
  });
});
