import { VigilError } from '../../lib/errors.ts';
import { ControlClient } from '../../lib/http/control-client.ts';
import { waitUntil } from './wait-until.ts';

/**
 * Reaches the control socket of a session. It is opened while the server boots: who has seen the server
 * ready may still come too early.
 */
export async function openControl(stateDirectory: string): Promise<ControlClient> {
  const client = new ControlClient(stateDirectory);
  await waitUntil(
    () => isThere(client),
    () => `no control socket in ${stateDirectory}`,
  );
  return client;
}

async function isThere(client: ControlClient): Promise<true | undefined> {
  try {
    await client.request('GET', '/status');
    return true;
  } catch (error) {
    if (error instanceof VigilError && error.code === 'ERR_SESSION_NOT_RUNNING') return undefined;
    throw error;
  }
}
