import type { UpgradeHandler } from './http-door.ts';
import { sendRawRefusal } from './refusal.ts';
import { readPath } from './request-target.ts';

/** Where the live feed of a session is. */
export const LIVE_PATH = '/live';

export const NO_UPGRADE = {
  status: 404,
  code: 'ERR_CONTROL_REQUEST',
  message: 'nothing is upgraded here but a WebSocket at /live',
} as const;

/** Refuses every upgrade but that of the live feed. */
export function acceptLiveOnly(onUpgrade: UpgradeHandler): UpgradeHandler {
  return (request, socket, head) => {
    if (readPath(request.url ?? '') === LIVE_PATH) onUpgrade(request, socket, head);
    else sendRawRefusal(socket, NO_UPGRADE);
  };
}
