// Writes docs/reference/mails.md: a sample of each mail and webhook request, from the built code that makes them.
import { writeFile } from 'node:fs/promises';
import maker from './make-mail-samples.cjs';
import composers from '../dist/notify/compose-mail.js';
import documents from '../dist/notify/mail-document.js';
import bodies from '../dist/notify/webhook-body.js';
import builder from '../dist/report/build-crash-report.js';

const PAGE = new URL('../docs/reference/mails.md', import.meta.url);

await writeFile(PAGE, maker.makePage({ ...composers, ...documents, ...bodies, ...builder }));
