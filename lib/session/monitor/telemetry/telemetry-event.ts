import type { LwesAttribute, LwesEvent } from '../../../lwes/lwes-event.ts';
import type { SessionEvent } from '../../session-event.ts';
import type { TelemetryField } from './telemetry-field.ts';
import { TELEMETRY_FIELDS, TELEMETRY_STAMP } from './telemetry-fields.ts';

/** Whose events they are. */
export interface TelemetryOrigin {
  readonly session: string;
  readonly host: string;
}

/** Strings are UTF-8, which older receivers have to be told. */
const UTF8: LwesAttribute = { name: 'enc', type: 'int16', value: 1 };

/** Makes `Vigil::WorkerReady` of `worker.ready`, and so on. */
export function telemetryName(type: string): string {
  const words = type.split('.').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `Vigil::${words.join('')}`;
}

/** Writes an event of the session as one of LWES. */
export function createTelemetryEvent(event: SessionEvent, origin: TelemetryOrigin): LwesEvent {
  const stamp = { ...event, ...origin, at: Date.parse(event.at) };
  const attributes = [
    ...readFields(TELEMETRY_STAMP, stamp),
    ...readFields(TELEMETRY_FIELDS[event.type], event),
  ];
  return { name: telemetryName(event.type), attributes: [UTF8, ...attributes] };
}

function readFields(
  table: Readonly<Record<string, TelemetryField | readonly TelemetryField[]>>,
  event: object,
): readonly LwesAttribute[] {
  const values = event as Readonly<Record<string, unknown>>;
  return Object.entries(table).flatMap(([key, fields]) =>
    [fields].flat().flatMap((field) => {
      const value = readValue(field, values[key]);
      return value === undefined
        ? []
        : [{ name: field.name ?? key, type: field.type, value } as LwesAttribute];
    }),
  );
}

/** Undefined: there is nothing to send. */
function readValue(field: TelemetryField, given: unknown): unknown {
  const value = field.pick === undefined ? given : field.pick(given);
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) return readScalar(field, value);
  const items = value.slice(0, field.maxItems).map((item) => readScalar(field, item));
  return items.length === 0 ? undefined : items;
}

function readScalar({ type, maxBytes = Infinity }: TelemetryField, value: unknown): unknown {
  switch (type) {
    case 'int32':
      return Math.round(Number(value)) | 0;
    case 'int64':
      return BigInt(Math.round(Number(value)));
    case 'string':
    case 'string[]':
      return cut(String(value), maxBytes);
    default:
      return value;
  }
}

/** At most so many bytes of UTF-8, and no half character. */
function cut(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const bytes = Buffer.from(text);
  let end = maxBytes;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}
