import type { DeliveryEvent } from '../../notify/delivery-event.ts';
import { createMailChannel } from '../../notify/mail-channel.ts';
import type { Message } from '../../notify/message.ts';
import { NoticeQueue } from '../../notify/notice-queue.ts';
import { createSafeMask } from '../../notify/safe-mask.ts';
import { createWebhookChannel } from '../../notify/webhook-channel.ts';
import type { Clock } from '../../util/clock.ts';
import type { ResolvedSessionOptions } from '../options.ts';

export interface NoticeQueuesOptions {
  readonly options: ResolvedSessionOptions;
  readonly clock: Clock;
  readonly mask: (text: string) => string;
  readonly onEvent: (event: DeliveryEvent) => void;
}

export interface NoticeQueues {
  readonly mail: NoticeQueue<Message> | null;
  readonly webhook: NoticeQueue<Message> | null;
}

/** One queue for each way of telling that is configured. @lazy */
export function createNoticeQueues({
  options,
  clock,
  onEvent,
  ...given
}: NoticeQueuesOptions): NoticeQueues {
  const { name, mail, webhook, stateDirectory } = options;
  const mask = createSafeMask(given.mask);
  const shared = { name, stateDirectory, clock, mask };
  return {
    mail:
      mail === null
        ? null
        : new NoticeQueue({
            channel: createMailChannel({ ...shared, mail }),
            clock,
            onEvent,
            mask,
          }),
    webhook:
      webhook === null
        ? null
        : new NoticeQueue({
            channel: createWebhookChannel({ ...shared, webhook }),
            clock,
            onEvent,
            mask,
          }),
  };
}
