import { MOST_MESSAGE_BYTES } from './admin-message.ts';
import { MqttLink, type MqttLinkSettings } from './mqtt-link.ts';

export interface LinkToMasterSettings extends Pick<
  MqttLinkSettings,
  'socket' | 'clock' | 'onPacket'
> {
  /** Called once, when nothing comes any more. */
  readonly onEnded: (reason: string) => void;
}

const MOST_UNSENT_BYTES = 32 * 1024 * 1024;

/** The link of a server or a client to its master, with the limits that both have. */
export function linkToMaster({ onEnded, ...settings }: LinkToMasterSettings): MqttLink {
  return new MqttLink({
    ...settings,
    maxPacketBytes: MOST_MESSAGE_BYTES,
    maxUnsentBytes: MOST_UNSENT_BYTES,
    onClosed: (why) => {
      onEnded(why ?? 'it has closed the connection');
    },
  });
}
