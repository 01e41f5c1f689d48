import { join } from 'node:path';
import { createPageRoutes } from '../../http/page-routes.ts';
import type { SampleSource } from '../../http/sample-series.ts';
import type { Clock } from '../../util/clock.ts';
import type { FrontPart } from './http-front.ts';
import type { LiveFeed } from './live-feed.ts';
import { LiveOutput } from './live-output.ts';
import type { OperatedSession } from './operated-session.ts';

/** Where the build puts the page. */
const PAGE = join(__dirname, '../../dashboard/page');

/** The dashboard: its page, and the feed that keeps it up to date, which is loaded with the first who looks on. */
export function createDashboardPart(
  session: OperatedSession,
  samples: SampleSource,
  clock: Clock,
): FrontPart {
  const output = new LiveOutput(clock, session.journal);
  let feed: LiveFeed | null = null;
  const load = (): LiveFeed => {
    const { LiveFeed: Feed } = require('./live-feed') as typeof import('./live-feed.ts');
    return new Feed({ clock, session, samples, output });
  };
  return {
    routes: createPageRoutes(PAGE),
    onUpgrade: (request, socket, head) => {
      feed ??= load();
      feed.accept(request, socket, head);
    },
    close: () => {
      void feed?.close();
    },
  };
}
