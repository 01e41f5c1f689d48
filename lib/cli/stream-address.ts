import { VigilError } from '../errors.ts';
import { type LwesAddress, parseLwesAddress, resolveLwesAddress } from '../lwes/lwes-address.ts';
import type { VerbArguments, VerbFlag, VerbWord } from './verb.ts';

export const CHANNEL_WORD: VerbWord = {
  name: 'ip:port',
  describe: 'the channel: 224.0.0.0 to 239.255.255.255 is multicast',
};

export const INTERFACE_FLAG: VerbFlag = {
  name: 'interface',
  kind: 'text',
  value: 'ADDRESS',
  describe: 'address of this machine to use for multicast',
};

export const TTL_FLAG: VerbFlag = {
  name: 'ttl',
  kind: 'number',
  describe: 'how many routers a multicast may pass (default 3)',
};

/** The channel that a flag or word names, with the interface that `--interface` names. @throws ERR_USAGE */
export function readChannel(given: VerbArguments, name = CHANNEL_WORD.name): LwesAddress {
  const text = given.text(name) ?? '';
  const address = parseLwesAddress(text);
  if (address === null) {
    const found = JSON.stringify(text);
    throw new VigilError('ERR_USAGE', `expected IP:PORT, as in 224.1.1.11:12345, found ${found}`);
  }
  const device = given.text(INTERFACE_FLAG.name);
  return resolve({ ...address, ...(device === undefined ? {} : { interface: device }) });
}

function resolve(address: LwesAddress): LwesAddress {
  try {
    resolveLwesAddress(address);
    return address;
  } catch (error) {
    throw new VigilError('ERR_USAGE', (error as Error).message, { cause: error });
  }
}

/** What a flag of a number says. @throws ERR_USAGE */
export function readNumber(
  given: VerbArguments,
  { name }: VerbFlag,
  range: { readonly least: number; readonly most: number; readonly isWhole?: boolean },
): number | undefined {
  const text = given.text(name);
  if (text === undefined) return undefined;
  const value = text.trim() === '' ? NaN : Number(text);
  const isWhole = range.isWhole !== false;
  if (value >= range.least && value <= range.most && (!isWhole || Number.isInteger(value)))
    return value;
  const kind = isWhole ? 'a whole number' : 'a number';
  const found = JSON.stringify(text);
  const expected = `${kind} from ${range.least} to ${range.most}`;
  throw new VigilError('ERR_USAGE', `--${name} expects ${expected}, found ${found}`);
}
