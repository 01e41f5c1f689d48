import { writeLwesAddress } from '../lwes/lwes-address.ts';
import type { LwesEvent } from '../lwes/lwes-event.ts';
import type { LwesDatagram } from '../lwes/lwes-listener.ts';
import { createValueWriter } from '../stream/value-text.ts';
import { toPrintable } from './output.ts';

const writeValue = createValueWriter({ int64: 'exact', byte: 'unsigned', nonFinite: 'string' });

/** An event in one line that a person reads. */
export function writeEventLine({ name, attributes }: LwesEvent, datagram: LwesDatagram): string {
  const [, time = ''] = isoTimeOf(datagram).split('T');
  const values = attributes.map((one) => `${one.name}=${writeValue(one)}`);
  return toPrintable([time.replace('Z', ''), senderOf(datagram), name, ...values].join(' '));
}

/** An event as one JSON document in one line; `types` says what the values in `attrs` were. */
export function writeEventJson({ name, attributes }: LwesEvent, datagram: LwesDatagram): string {
  const head = { at: isoTimeOf(datagram), sender: senderOf(datagram), name };
  const attrs = attributes.map((one) => `${JSON.stringify(one.name)}:${writeValue(one)}`);
  const types = attributes.map((one) => `${JSON.stringify(one.name)}:"${one.type}"`);
  const start = JSON.stringify(head).slice(0, -1);
  return `${start},"attrs":{${attrs.join(',')}},"types":{${types.join(',')}}}`;
}

function isoTimeOf({ receivedAtMs }: LwesDatagram): string {
  return new Date(receivedAtMs).toISOString();
}

function senderOf({ senderIP, senderPort }: LwesDatagram): string {
  return writeLwesAddress({ host: senderIP, port: senderPort });
}
