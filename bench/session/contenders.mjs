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

/** With the thread that ends a server whose monitor is gone, which has a budget of its own. */
export const vigilRunWatched = { ...vigilRun, name: '`vigil run`, watchdog on', watchdog: true };

export const vigilLaunch = {
  name: '`launch()`',
  command: ({ port, mail, watchdog = true }) => {
    const config = { ports: { server: port }, watchdog, ...(mail === null ? {} : { mail }) };
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
      const { port, mail, watchdog = true } = place;
      const args = [join(locate(place), 'dist/cli/main.js'), 'run', 'server.cjs', '--port', port];
      if (mail !== null) {
        args.push('--mail-to', mail.to[0], '--mail-from', mail.from, '--smtp', mail.transport);
      }
      if (!watchdog) args.push('--set', 'watchdog=false');
      return { args: args.map(String) };
    },
  };
}
