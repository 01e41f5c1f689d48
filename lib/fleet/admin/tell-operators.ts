import { type LocalAddress, removeLocalAddress, writeLocalAddress } from './local-address.ts';
import { removeLocalKey, writeLocalKey } from './local-key.ts';

/** Writes down where a master listens, and the key that it takes, for commands on this machine. The directory is there. */
export async function tellOperators(
  stateDirectory: string,
  { key, host, port }: LocalAddress & { readonly key: string },
): Promise<void> {
  await Promise.all([
    writeLocalAddress(stateDirectory, { host, port }),
    writeLocalKey(stateDirectory, key),
  ]);
}

export function forgetOperators(stateDirectory: string, key: string): void {
  removeLocalAddress(stateDirectory);
  removeLocalKey(stateDirectory, key);
}
