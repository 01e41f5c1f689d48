const COPY = {
  int16: (bytes, at) => bytes.readInt16BE(at),
  uint16: (bytes, at) => bytes.readUInt16BE(at),
  int32: (bytes, at) => bytes.readInt32BE(at),
  uint32: (bytes, at) => bytes.readUInt32BE(at),
  int64: (bytes, at) => bytes.readBigInt64BE(at),
  double: (bytes, at) => bytes.readDoubleBE(at),
  ip_addr: (bytes, at) => `${bytes[at + 3]}.${bytes[at + 2]}.${bytes[at + 1]}.${bytes[at]}`,
  string: (bytes, at) => bytes.toString('latin1', at + 2, at + 2 + bytes.readUInt16BE(at)),
};

const SIZE = { int16: 2, uint16: 2, int32: 4, uint32: 4, int64: 8, double: 8, ip_addr: 4 };

/** Copies an event whose attributes are known: no type is looked at, no bound, no name. */
export function copyFields(bytes, known) {
  const name = bytes.toString('latin1', 1, 1 + bytes[0]);
  let at = 1 + bytes[0] + 2;
  const attributes = [];
  for (const { type } of known) {
    const end = at + 1 + bytes[at];
    const own = bytes.toString('latin1', at + 1, end);
    attributes.push({ name: own, type, value: COPY[type](bytes, end + 1) });
    at = end + 1 + (SIZE[type] ?? 2 + bytes.readUInt16BE(end + 1));
  }
  return { name, attributes };
}
