import type { Broker, JobDelivery } from '../broker.ts';
import { createFailureReply } from '../worker/job-reply.ts';
import type { HeldJob, OverdueCode } from './job-hold.ts';
import type { WorkerCrash } from './worker-crash.ts';
import type { HeldAtDeath } from './worker-event.ts';

export interface SettleContext {
  readonly broker: Broker;
  readonly crash: WorkerCrash;
  readonly warn: (text: string) => void;
}

/** Gives each job of a dead process what was decided for it; never rejects. */
export async function settleFates(
  held: readonly HeldJob[],
  fates: readonly HeldAtDeath[],
  context: SettleContext,
): Promise<void> {
  await Promise.all(
    held.map(async (job, index) => {
      const fate = fates[index]?.fate ?? 'returned';
      try {
        await settle(job, fate, context);
      } catch (error) {
        const { id } = job.delivery.job;
        context.warn(`the job ${id} could not be settled: ${(error as Error).message}`);
      }
    }),
  );
}

async function settle(
  { delivery, overdue }: HeldJob,
  fate: HeldAtDeath['fate'],
  { broker, crash }: SettleContext,
): Promise<void> {
  if (fate === 'ended') await endJob(delivery, overdue ?? 'cancelled', broker);
  else if (fate === 'retried') await delivery.retry();
  else if (fate === 'quarantined')
    await delivery.reject({
      code: 'worker_lost',
      message: `it ended its worker ${String(delivery.attempt)} times; the last time: ${describeEnd(crash)}`,
      detail: crash,
    });
  else await delivery.release();
}

function describeEnd({ cause, code, signal, error }: WorkerCrash): string {
  if (error !== null) return `${cause}: ${error.name}: ${error.message}`;
  if (cause === 'hang') return cause;
  return signal === null ? `exit code ${String(code)}` : `${cause} ${signal}`;
}

/** Says how a job ended whose handler cannot say it any more. */
export async function endJob(
  delivery: JobDelivery,
  code: OverdueCode,
  broker: Broker,
): Promise<void> {
  const { replyTo, correlationId } = delivery.job;
  const body = createFailureReply(code, ENDED[code]);
  await broker.post(replyTo, { kind: 'result', correlationId, body });
  await delivery.ack();
}

const ENDED: Record<OverdueCode, string> = {
  cancelled: 'the job was cancelled',
  timeout: 'the deadline of the job passed while it was running',
};
