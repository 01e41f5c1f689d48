import cluster from 'node:cluster';
import { resolve } from 'node:path';
import { VigilError } from '../errors.ts';
import { findOwnPackage } from './find-own-package.ts';
import { loadSessionOptions } from './options/load-session-options.ts';
import type { SessionOptions } from './options/session-options.ts';
import { type SessionStart, startSession } from './start-session.ts';

/** Makes this process the monitor of the entry file it was started with. @lazy */
export async function launchMonitor(
  config: SessionOptions | string | undefined,
  hooks: Pick<SessionStart, 'initializeMonitor' | 'onMonitor'>,
): Promise<void> {
  // Its defaults are how this very process was started.
  cluster.setupPrimary();
  const { exec = '', args = [], execArgv = [] } = cluster.settings;
  if (exec === '') {
    throw new VigilError(
      'ERR_ENTRY_NOT_FOUND',
      'launch needs an entry file that can be started again',
    );
  }
  const entry = resolve(exec);
  const options = loadSessionOptions({
    cwd: process.cwd(),
    ...(config === undefined ? {} : { config }),
  });
  await startSession({
    options,
    context: {
      program: {
        entry,
        args,
        nodeArgs: execArgv,
        loadsVigil: true,
        foundPackage: findOwnPackage(entry),
      },
      log: 'text',
      quiet: false,
      repl: true,
    },
    ...hooks,
  });
}
