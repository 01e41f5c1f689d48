import type { BrokerSettings, Mailbox, MailboxOptions } from '../broker.ts';
import type { AmqpLine } from './amqp-line.ts';
import { parseLetter, parseNews } from './job-envelope.ts';
import { declareQueue, QueueReader } from './queue-reader.ts';
import { declareFleeting, declareReplies, newsQueueOf, repliesQueue } from './topology.ts';

/** The server keeps the letters of a mailbox until they are settled; so many may be unsettled at once. */
const MOST_UNSETTLED = 50_000;

/** Opens the mailbox of an id: one queue that is kept, and one for news. */
export async function openAmqpMailbox(
  line: AmqpLine,
  settings: BrokerSettings,
  options: MailboxOptions,
): Promise<Mailbox> {
  const address = repliesQueue(options.id);
  const readers = [createLetterReader(line, settings, options), createNewsReader(line, options)];
  for (const reader of readers) await reader.start();
  const close = async (): Promise<void> => {
    await Promise.all(readers.map((reader) => reader.stop()));
  };
  return {
    address,
    close,
    remove: async () => {
      await close();
      await line.withChannel((channel) => channel.queueDelete({ queue: address }));
    },
  };
}

function createLetterReader(
  line: AmqpLine,
  settings: BrokerSettings,
  { id, onMail }: MailboxOptions,
): QueueReader {
  return new QueueReader(line, {
    declare: async () => {
      const declaration = declareReplies(id, settings);
      await declareQueue(line, declaration);
      return declaration.queue;
    },
    prefetch: MOST_UNSETTLED,
    onMessage: (message, settle) => {
      onMail({ ...parseLetter(message), redelivered: message.redelivered, settle });
    },
  });
}

function createNewsReader(line: AmqpLine, { id, onNews }: MailboxOptions): QueueReader {
  return new QueueReader(line, {
    declare: async () => {
      const queue = newsQueueOf(repliesQueue(id)) ?? '';
      await declareQueue(line, declareFleeting(queue));
      return queue;
    },
    prefetch: 0,
    noAck: true,
    onMessage: (message) => {
      for (const news of parseNews(message)) onNews?.(news);
    },
  });
}
