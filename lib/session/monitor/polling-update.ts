import type { PromisifiedIPCManager } from '../../ipc/promisified-ipc-manager.ts';
import { pollingSettingsMessage, updatePollingIntervalMessage } from '../contract.ts';
import type { ResolvedSessionOptions } from '../options.ts';
import { resolvePollingSettings } from './server-environment.ts';

/** Tells a running server process how it is polled from now on. @lazy */
export function sendPollingUpdate(
  ipc: PromisifiedIPCManager,
  options: ResolvedSessionOptions,
): void {
  const settings = resolvePollingSettings(options);
  if (settings === false) return;
  ipc.notify(pollingSettingsMessage, settings);
  ipc.notify(updatePollingIntervalMessage, {
    newPollingIntervalSeconds: settings.intervalMs / 1000,
  });
}
