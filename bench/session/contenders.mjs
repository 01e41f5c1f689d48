// Who is measured. A contender says how it is started in a directory where the programs lie; `server.cjs` answers
// with its process id there. `programs`: a directory with programs that replace those.
import { join } from 'node:path';

/** The server without any supervisor. */
export const bare = {
  name: 'bare node',
  command: () => ({ args: ['server.cjs'] }),
};

/** What every ratio is against. */
export const plainCluster = {
  name: 'plain cluster primary',
  command: () => ({ args: ['plain-primary.cjs'] }),
};

export const vigilRun = createVigilRun('`vigil run`', ({ vigil }) => vigil);

/** With what watches a server from inside, watchdog thread and flight recorder, which has a budget of its own. */
export const vigilRunWatched = {
  ...vigilRun,
  name: '`vigil run`, watchdog and flight recorder on',
  watched: true,
};

export const vigilLaunch = {
  name: '`launch()`',
  command: ({ port, mail, watched = true }) => {
    const watch = { watchdog: watched, crashReports: { flightRecorder: watched } };
    const config = { ports: { server: port }, ...watch, ...(mail === null ? {} : { mail }) };
    return { args: ['launch.cjs'], env: { BENCH_CONFIG: JSON.stringify(config) } };
  },
};

/** Another build of Vigil, to see what a change is worth. */
export function createOtherBuild(directory) {
  return createVigilRun('`vigil run`, other build', () => directory);
}

function createVigilRun(name, locate) {
  return {
    name,
    command: (place) => {
      const { port, mail, watched = true, workMs = 0 } = place;
      const args = [join(locate(place), 'dist/cli/main.js'), 'run', 'server.cjs', '--port', port];
      if (mail !== null) {
        args.push('--mail-to', mail.to[0], '--mail-from', mail.from, '--smtp', mail.transport);
      }
      if (!watched)
        args.push('--set', 'watchdog=false', '--set', 'crashReports.flightRecorder=false');
      return { args: args.map(String), env: { BENCH_WORK_MS: String(workMs) } };
    },
  };
}
