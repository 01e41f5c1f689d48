import { get } from './load.mjs';

/** What the demo does to its server, and what has to come of it. */
export const MISFORTUNES = [
  {
    title: '1. An exception that nobody catches',
    what: 'GET /checkout: a callback reads a basket that is not there',
    cause: 'crash',
    strike: ({ port }) => get(port, '/checkout').answer,
  },
  {
    title: '2. SIGKILL',
    what: 'kill -9, as an operator or the kernel would; the process can say nothing any more',
    cause: 'signal',
    strike: ({ pid }) => process.kill(pid, 'SIGKILL'),
  },
  {
    title: '3. A server that runs, but is not well',
    what: 'its database is lost: pages are served, but /health answers 503, three polls in a row',
    cause: 'health',
    strike: ({ port }) => get(port, '/lose-database').answer,
  },
];
