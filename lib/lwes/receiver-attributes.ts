import type { LwesAttribute, LwesEvent } from './lwes-event.ts';

/** Whence and when a datagram came. */
export interface LwesReceipt {
  /** Milliseconds since the epoch. */
  readonly receivedAtMs: number;
  /** The IPv4 address of the sender; 0.0.0.0 for one that has none. */
  readonly senderIP: string;
  readonly senderPort: number;
}

const NAMES = ['ReceiptTime', 'SenderIP', 'SenderPort'] as const;

/** The event with `ReceiptTime`, `SenderIP` and `SenderPort` as its last attributes, in the place of others of these names. */
export function addReceipt(event: LwesEvent, receipt: LwesReceipt): LwesEvent {
  const own = event.attributes.filter(({ name }) => !isOfReceiver(name));
  const added: readonly LwesAttribute[] = [
    { name: 'ReceiptTime', type: 'int64', value: BigInt(receipt.receivedAtMs) },
    { name: 'SenderIP', type: 'ip_addr', value: receipt.senderIP },
    { name: 'SenderPort', type: 'uint16', value: receipt.senderPort },
  ];
  return { name: event.name, attributes: own.concat(added) };
}

/** Whether the event ends in the three attributes already, as one does that was received before and is replayed. */
export function hasReceipt({ attributes }: LwesEvent): boolean {
  const last = attributes.slice(-NAMES.length);
  return last.length === NAMES.length && last.every(({ name }, index) => name === NAMES[index]);
}

function isOfReceiver(name: string): boolean {
  return name === 'ReceiptTime' || name === 'SenderIP' || name === 'SenderPort';
}
