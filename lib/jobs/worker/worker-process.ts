import { manage } from '../../ipc/promisified-ipc-manager.ts';
import { LoopHeartbeat } from '../../session/worker/loop-heartbeat.ts';
import { systemClock } from '../../util/clock.ts';
import { connectBroker } from '../ipc/connect-broker.ts';
import { endOrphaned, endProcess } from './ending.ts';
import { JobWorker } from './job-worker.ts';
import { loadHandlers } from './load-handlers.ts';
import { takeWorkerBoot, UNLOADABLE_EXIT_CODE, type WorkerBoot } from './worker-boot.ts';
import { obeyOrders } from './worker-orders.ts';
import { BEAT, CONSUMES, TROUBLE, UNLOADABLE } from './worker-messages.ts';
import { watchProcess } from './worker-watch.ts';

/** Runs in a process of its own: takes jobs from the broker that its supervisor has, and runs them. */
const boot = takeWorkerBoot();
if (boot !== null) void work(boot);

async function work(told: WorkerBoot): Promise<void> {
  const clock = systemClock;
  const watch = watchProcess(told, clock);
  const ipc = manage(process, {}, { clock });
  watch.connect(ipc);
  process.once('disconnect', endOrphaned);
  new LoopHeartbeat(clock, told.heartbeatMs, (beat) => {
    ipc.notify(BEAT, beat);
  }).start();
  const ending = obeyOrders(ipc, (code) => endProcess(ipc, clock, code));
  const handlers = await loadHandlers(told.handlersFile).catch((error: unknown) => {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${stack}\n`);
    ipc.notify(UNLOADABLE, { message: error instanceof Error ? error.message : String(error) });
    return endProcess(ipc, clock, UNLOADABLE_EXIT_CODE);
  });
  const worker = new JobWorker({
    broker: await connectBroker(ipc, {
      onDisconnect: (listener) => process.once('disconnect', listener),
      clock,
    }),
    handlers,
    concurrency: told.concurrency,
    name: told.name,
    clock,
    replyTtlMs: told.replyTtlMs,
    log: (line) => {
      process.stdout.write(`${line}\n`);
    },
    warn: (text) => {
      ipc.notify(TROUBLE, { text });
    },
  });
  watch.start();
  await worker.start(() => {
    ending.drains(() => worker.stop());
    ipc.notify(CONSUMES, { names: [...handlers.keys()] });
    // A first job may end this process within this turn.
    ipc.flush();
  });
}
