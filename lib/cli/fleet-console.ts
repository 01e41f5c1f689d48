import { AdminClient } from '../fleet/client/admin-client.ts';
import { readReply } from '../fleet/client/read-replies.ts';
import { isPlainRecord, textOf } from '../fleet/protocol/plain-record.ts';
import { readLockHolder } from '../session/monitor/session-lock.ts';
import { readFleetAddress } from './fleet-address.ts';
import { toPrintable } from './output.ts';
import { waitUntilGone } from './session-connection.ts';
import type { VerbCall } from './verb.ts';

/** A connection to the console of a master, for one command. */
export interface FleetConsole {
  /**
   * Gives an order, and waits for its answer.
   *
   * @throws ERR_FLEET_COMMAND with what the master says against it, ERR_FLEET_TIMEOUT, ERR_FLEET_AWAY
   */
  readonly order: (signal: string, more: object, deadlineMs: number) => Promise<unknown>;
  /** Resolves when the master has ended the connection, and its process too when that is on this machine. */
  readonly closed: Promise<void>;
}

const CONSOLE = '__console__';

/**
 * Connects to the master that a command was told of, and lets it have its console.
 *
 * @throws ERR_FLEET_NO_MASTER, ERR_FLEET_REFUSED, ERR_USAGE, ERR_CONFIG_INVALID
 */
export async function withFleetConsole<T>(
  call: VerbCall,
  name: string,
  use: (console: FleetConsole) => Promise<T>,
): Promise<T> {
  const { clock, output } = call;
  const { stateDirectory, ...address } = readFleetAddress(call);
  const holder = stateDirectory === null ? null : readLockHolder(stateDirectory);
  const client = await AdminClient.connect({
    ...address,
    clock,
    id: `vigil_${name}_${String(clock.wallTime())}_${String(process.pid)}`,
    onNotice: (moduleId, body) => {
      const text = moduleId === CONSOLE && isPlainRecord(body) ? textOf(body, 'text') : null;
      if (text !== null && !call.arguments.isOn('json')) output.note(toPrintable(text));
    },
  });
  try {
    return await use({
      order: async (signal, more, deadlineMs) =>
        readReply(await client.request(CONSOLE, { signal, ...more }, deadlineMs)),
      // Asked for by those alone that wait for it.
      get closed() {
        return client.closed.then(() => waitUntilGone(holder, clock));
      },
    });
  } finally {
    await client.close();
  }
}
