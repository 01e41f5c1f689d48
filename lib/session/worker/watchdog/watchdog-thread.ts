import { parentPort, workerData } from 'node:worker_threads';
import { systemClock, waitFor } from '../../../util/clock.ts';
import type { SharedRing } from '../flight-recorder/flight-recorder.ts';
import type { RingWriter } from '../flight-recorder/ring-writer.ts';
import { LoopWatch } from './loop-watch.ts';
import type { WatchdogSettings } from './watchdog-settings.ts';

/**
 * Runs as a thread of the server's process, beside its event loop: what it does happens also when that
 * loop is blocked. It writes down why the loop is stuck, and ends the process once the monitor is gone,
 * for then nothing else ever would.
 */

const LOOK_EVERY_MS = 200;
/** A loop that turns ends the process by itself as soon as the channel to the monitor closes. */
const ENDS_BY_ITSELF_MS = 700;
/** For what the server has started; together with the above well within two seconds. */
const TREE_GRACE_MS = 500;

const settings = workerData as WatchdogSettings;

let ring: RingWriter | null = null;
parentPort?.once('message', (shared: SharedRing) => {
  const { createRingWriter } =
    require('../flight-recorder/ring-writer') as typeof import('../flight-recorder/ring-writer.ts');
  ring = createRingWriter(shared);
});

void watchMonitor();
void new LoopWatch({
  settings,
  clock: systemClock,
  onStuck: saveBeforeTheEnd,
  onStalled: (stall) => {
    parentPort?.postMessage(stall);
  },
}).run();

async function watchMonitor(): Promise<void> {
  const { monitorPid, marker } = settings;
  while (process.ppid === monitorPid) {
    await waitFor(systemClock, LOOK_EVERY_MS);
    ring?.write();
  }
  await waitFor(systemClock, ENDS_BY_ITSELF_MS);
  ring?.remove();
  try {
    const { endTreeNow } =
      require('../../../process/end-tree-now') as typeof import('../../../process/end-tree-now.ts');
    endTreeNow({ pid: process.pid, marker }, systemClock, TREE_GRACE_MS);
  } finally {
    process.kill(process.pid, 'SIGKILL');
  }
}

/** The loop is stuck, and may be killed for it: what is only in memory shared with it is to be written now. */
function saveBeforeTheEnd(): void {
  ring?.write();
}
