import { loadSessionOptions } from '../session/options/load-session-options.ts';
import type { ResolvedSessionOptions } from '../session/options.ts';
import { startSession } from '../session/start-session.ts';
import { findEntry } from './find-entry.ts';
import { parseRun, type RunRequest } from './parse-run.ts';

/** `vigil run`: becomes the monitor of the entry file and stays in the foreground. @lazy */
export async function run(argv: readonly string[]): Promise<void> {
  const request = parseRun(argv);
  const entry = findEntry(request.entry);
  const options = loadOptions(request);
  await startSession({
    options,
    takesOver: request.takeOver,
    context: {
      program: { entry, args: request.args, nodeArgs: request.nodeArgs, loadsVigil: false },
      log: request.log,
      quiet: request.quiet,
      repl: request.repl,
    },
  });
}

function loadOptions({ configFile, overrides, settings }: RunRequest): ResolvedSessionOptions {
  return loadSessionOptions({
    cwd: process.cwd(),
    ...(configFile === null ? {} : { configFile }),
    overrides: [...overrides, ...settings.map(readSetting)],
  });
}

function readSetting(
  text: string,
): ReturnType<typeof import('../session/options/parse-session-setting.ts').parseSessionSetting> {
  const reader =
    require('../session/options/parse-session-setting') as typeof import('../session/options/parse-session-setting.ts');
  return reader.parseSessionSetting(text);
}
