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
  {
    title: '4. A loop that does not end',
    what: 'GET /search: a regular expression that takes for ever; nothing is thrown, nothing is logged',
    cause: 'hang',
    strike: ({ port }) => get(port, '/search').answer,
  },
];

/** The same thing again and again: one mail for all, and a route that is suspected. */
export const REPETITION = {
  title: '5. The first one again, three times',
  what: 'GET /checkout once more, and whenever the server is back',
  cause: 'crash',
  times: 3,
  strike: ({ port }) => get(port, '/checkout').answer,
};
