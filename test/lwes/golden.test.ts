import { readFileSync } from 'node:fs';
import { decodeEvent } from '../../lib/lwes/decode-event.ts';
import { encodeEvent } from '../../lib/lwes/encode-event.ts';
import type { LwesAttribute, LwesEvent, LwesType, LwesValue } from '../../lib/lwes/lwes-event.ts';

const VECTORS = readFileSync('test/fixtures/lwes/golden.tsv', 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [what = '', length = '', hex = ''] = line.split('\t');
    return { what, length: Number(length), hex };
  });

const EVENTS: Record<string, LwesEvent> = {
  empty: event('a'),
  'enc+string': event('Search', enc(1), attribute('term', 'string', 'the thing')),
  uint16: ofV('uint16', 0xffff),
  int16: ofV('int16', -2),
  uint32: ofV('uint32', 0xffff_ffff),
  int32: ofV('int32', -2),
  'string-utf8': ofV('string', 'héllo'),
  'string-empty': ofV('string', ''),
  ip_addr: ofV('ip_addr', '192.168.1.2'),
  int64: ofV('int64', -2n),
  uint64: ofV('uint64', 0xffff_ffff_ffff_ffffn),
  'boolean-true': ofV('boolean', true),
  'boolean-false': ofV('boolean', false),
  byte: ofV('byte', 200),
  float: ofV('float', 1.5),
  double: ofV('double', 51.503363),
  'uint16[]': ofV('uint16[]', [1, 2, 65535]),
  'int16[]': ofV('int16[]', [1, -2]),
  'uint32[]': ofV('uint32[]', [1, 0xffff_ffff]),
  'int32[]': ofV('int32[]', [1, -2]),
  'string[]': ofV('string[]', ['foo', '', 'bar']),
  'ip_addr[]': ofV('ip_addr[]', ['1.2.3.4', '10.0.0.1']),
  'int64[]': ofV('int64[]', [1n, -2n]),
  'uint64[]': ofV('uint64[]', [1n, 0xffff_ffff_ffff_ffffn]),
  'boolean[]': ofV('boolean[]', [true, false, true]),
  'byte[]': ofV('byte[]', [1, 200]),
  'float[]': ofV('float[]', [1.5, -2]),
  'double[]': ofV('double[]', [1.5, -2]),
  'nullable uint16[7,null,9]': ofV('nullable uint16[]', [7, null, 9]),
  'nullable int16[1,null*8,1] (10)': ofV('nullable int16[]', [1, ...Array<null>(8).fill(null), 1]),
  'nullable string[foo,null,bar]': ofV('nullable string[]', ['foo', null, 'bar']),
  'nullable double[null,1.5]': ofV('nullable double[]', [null, 1.5]),
  'nullable boolean[null,true]': ofV('nullable boolean[]', [null, true]),
  'nullable ip_addr[192.168.1.2,null]': ofV('nullable ip_addr[]', ['192.168.1.2', null]),
  'uint16[] empty': ofV('uint16[]', []),
  'System::Startup': event('System::Startup'),
  'System::Heartbeat': event('System::Heartbeat', ...beat([5n, 5n, 60, 1n])),
  'System::Shutdown': event('System::Shutdown', ...beat([5n, 0n, 3, 1n])),
  'with-headers': event(
    'T',
    attribute('v', 'int32', 1),
    attribute('ReceiptTime', 'int64', 1_439_588_532_973n),
    attribute('SenderIP', 'ip_addr', '127.0.0.1'),
    attribute('SenderPort', 'uint16', 58_206),
  ),
  'wire: enc+uint32': event('Tick', enc(1), attribute('n', 'int32', 1)),
  'java: enc latin1': event('T', enc(0), attribute('v', 'string', 'héllo')),
  'java: enc+nullable uint16': event(
    'T',
    enc(1),
    attribute('v', 'nullable uint16[]', [7, null, 9]),
  ),
};

describe('golden vectors of the C and Java libraries', () => {
  it.each(VECTORS)('$what is read as the event it was written from', ({ what, length, hex }) => {
    const bytes = Buffer.from(hex, 'hex');
    expect(bytes).toHaveLength(length);
    expect(decodeEvent(bytes)).toEqual(EVENTS[what]);
  });

  it.each(VECTORS)('$what is written to the byte', ({ what, hex }) => {
    const event = EVENTS[what] as LwesEvent;
    expect(encodeEvent(event, { allowEmptyArrays: true }).toString('hex')).toBe(hex);
  });
});

function event(name: string, ...attributes: LwesAttribute[]): LwesEvent {
  return { name, attributes };
}

function attribute<T extends LwesType>(name: string, type: T, value: LwesValue<T>): LwesAttribute {
  return { name, type, value } as unknown as LwesAttribute;
}

function ofV<T extends LwesType>(type: T, value: LwesValue<T>): LwesEvent {
  return event('T', attribute('v', type, value));
}

function enc(value: number): LwesAttribute {
  return attribute('enc', 'int16', value);
}

function beat([total, count, freq, seq]: readonly [
  bigint,
  bigint,
  number,
  bigint,
]): LwesAttribute[] {
  return [
    attribute('total', 'int64', total),
    attribute('count', 'int64', count),
    attribute('freq', 'int16', freq),
    attribute('seq', 'int64', seq),
  ];
}
