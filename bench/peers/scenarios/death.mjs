import loadClient from '../../load/load-client.cjs';
import { observeSuccessor } from './observe-successor.mjs';

const { send } = loadClient;

/** The server throws while it answers a request. */
export function measureCrash(running, limits) {
  return observeSuccessor(running, limits, () => send({ port: running.port, path: '/crash' }));
}

/** The server's process is killed from outside. */
export function measureKill(running, limits) {
  return observeSuccessor(running, limits, (pid) => process.kill(pid, 'SIGKILL'));
}

/** The server's process does not come back from a request. */
export function measureHang(running, limits) {
  return observeSuccessor(running, limits, () =>
    send({ port: running.port, path: '/hang' }, { lateMs: limits.neverAfterMs }),
  );
}
