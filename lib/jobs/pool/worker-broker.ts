import type { Broker } from '../broker.ts';

/** The broker as a process of workers has it: what it consumes goes through the hands of its supervisor. */
export function createWorkerBroker(broker: Broker, consume: Broker['consume']): Broker {
  return {
    get state() {
      return broker.state;
    },
    get dead() {
      return broker.dead;
    },
    onState: (listener) => broker.onState(listener),
    publish: (job) => broker.publish(job),
    consume,
    cancel: (jobId) => broker.cancel(jobId),
    onCancel: (listener) => broker.onCancel(listener),
    openMailbox: (options) => broker.openMailbox(options),
    post: (address, letter) => broker.post(address, letter),
    tell: (address, news) => {
      broker.tell(address, news);
    },
    counts: (names) => broker.counts(names),
    close: () => Promise.resolve(),
  };
}
