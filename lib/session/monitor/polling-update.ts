import { pollingSettingsMessage, updatePollingIntervalMessage } from '../contract.ts';
import type { OperatedSession } from './operated-session.ts';
import type { ResolvedSessionOptions } from '../options.ts';
import { resolvePollingSettings } from './server-environment.ts';

/** Tells the running server processes how they are polled from now on. @lazy */
export function sendPollingUpdate(
  { supervisor }: OperatedSession,
  options: ResolvedSessionOptions,
): void {
  const settings = resolvePollingSettings(options);
  if (settings === false) return;
  for (const { link } of supervisor.servers) {
    link.ipc.notify(pollingSettingsMessage, settings);
    link.ipc.notify(updatePollingIntervalMessage, {
      newPollingIntervalSeconds: settings.intervalMs / 1000,
    });
  }
}
