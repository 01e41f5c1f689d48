/** The packets of MQTT 3.1.1 that masters, servers and clients of a fleet send one another. */
export type MqttPacket =
  | MqttConnect
  | MqttConnack
  | MqttPublish
  | { readonly kind: 'pingreq' }
  | { readonly kind: 'pingresp' }
  | { readonly kind: 'disconnect' };

export interface MqttConnect {
  readonly kind: 'connect';
  readonly clientId: string;
}

export interface MqttConnack {
  readonly kind: 'connack';
  /** 0: taken; anything else: refused. */
  readonly returnCode: number;
}

/** Of quality of service 0 alone: none is confirmed or repeated. */
export interface MqttPublish {
  readonly kind: 'publish';
  readonly topic: string;
  readonly payload: Buffer;
}

/** The first half of the first byte of each packet. */
export const PACKET_TYPE = {
  connect: 1,
  connack: 2,
  publish: 3,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
} as const satisfies Record<MqttPacket['kind'], number>;

/** What four bytes of seven bits each can say. */
export const LONGEST_REMAINDER = 268_435_455;
