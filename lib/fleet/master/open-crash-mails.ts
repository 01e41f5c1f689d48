import { basename } from 'node:path';
import type { DeliveryEvent } from '../../notify/delivery-event.ts';
import { createMailChannel } from '../../notify/mail-channel.ts';
import type { MailOptions } from '../../notify/mail.ts';
import { NoticeQueue } from '../../notify/notice-queue.ts';
import { createSafeMask } from '../../notify/safe-mask.ts';
import { createSecretMask } from '../../report/mask-secrets.ts';
import type { Clock } from '../../util/clock.ts';
import type { EventStream } from '../../util/event-stream.ts';
import { FleetCrashMails } from './fleet-crash-mails.ts';
import type { FleetEvent } from './fleet-event.ts';

export interface CrashMailsOptions {
  readonly mail: MailOptions;
  readonly clock: Clock;
  readonly base: string;
  readonly env: string;
  readonly stateDirectory: string;
  readonly events: EventStream<FleetEvent>;
  readonly warn: (text: string) => void;
}

const FLUSH_MS = 3000;

/** Mails what servers of a fleet die of, from now on. @returns what sends the rest and ends it @lazy */
export function openCrashMails(options: CrashMailsOptions): () => Promise<void> {
  const { mail, clock, base, env, stateDirectory, events, warn } = options;
  const mask = createSafeMask(createSecretMask(process.env));
  const name = `${basename(base)} ${env}`;
  const queue = new NoticeQueue({
    channel: createMailChannel({ name, mail, stateDirectory, clock, mask }),
    clock,
    mask,
    onEvent: (event) => {
      const line = describeTrouble(event);
      if (line !== null) warn(line);
    },
  });
  void queue.start();
  const mails = new FleetCrashMails({
    ...{ clock, base },
    tell: (crash) => {
      queue.fleetCrash(crash);
    },
  });
  const unsubscribe = events.subscribe((event) => {
    mails.note(event);
  });
  return async () => {
    unsubscribe();
    mails.flush();
    await queue.flush(FLUSH_MS);
    await queue.stop();
  };
}

function describeTrouble(event: DeliveryEvent): string | null {
  if ('response' in event) return `mail sent: ${event.kind}: ${event.response}`;
  if (!('error' in event)) return null;
  return `a mail could not be ${'onDisk' in event ? 'kept' : 'sent'}: ${event.error.message}`;
}
