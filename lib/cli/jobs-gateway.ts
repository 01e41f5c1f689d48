import { JobGateway } from '../jobs/gateway/job-gateway.ts';
import { openBroker } from '../jobs/open-broker.ts';
import { EXIT } from './exit-codes.ts';
import { JOBS_FLAGS, JOBS_PORT_FLAG, readJobsOptions } from './jobs-flags.ts';
import { readSharedBroker } from './jobs-shared-broker.ts';
import { toPrintable } from './output.ts';
import type { Verb, VerbCall } from './verb.ts';

/** `vigil jobs gateway`. @lazy */
export const jobsGatewayVerb: Verb = {
  name: 'jobs gateway',
  describe: 'takes jobs of clients over WebSockets to a broker',
  flags: [JOBS_PORT_FLAG, ...JOBS_FLAGS],
  examples: ['vigil jobs gateway --broker amqp://host1,host2,host3 -p 8900'],
  async run(call) {
    const options = readJobsOptions(call);
    const broker = await openBroker(readSharedBroker('gateway', options), {
      maxDeliveries: options.maxAttempts,
      mailboxTtlMs: options.resultTtlMs,
    });
    const gateway = new JobGateway(options, {
      broker,
      clock: call.clock,
      warn: (line) => {
        call.output.note(toPrintable(line));
      },
    });
    if (call.arguments.isOn('json'))
      gateway.events.subscribe((event) => {
        call.output.printJsonLine(event);
      });
    const ending = obeySignals(gateway);
    try {
      await serve(gateway, call);
    } finally {
      await broker.close();
    }
    return ending.interrupts > 1 ? EXIT.interrupted : EXIT.ok;
  },
};

async function serve(gateway: JobGateway, call: VerbCall): Promise<void> {
  const { url } = await gateway.start();
  if (!call.arguments.isOn('json')) call.output.print(`gateway listens at ${url}`);
  await gateway.ended;
}

/** The first SIGINT or SIGTERM ends in order, a second SIGINT at once. */
function obeySignals(gateway: JobGateway): { interrupts: number } {
  const ending = { interrupts: 0 };
  process.on('SIGTERM', () => void gateway.close());
  process.on('SIGINT', () => {
    ending.interrupts += 1;
    void (ending.interrupts > 1 ? gateway.kill() : gateway.close());
  });
  return ending;
}
