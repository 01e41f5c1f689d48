import type { VigilErrorCode } from '../errors.ts';
import type { Carrier } from './carrier.ts';
import type { ChannelName } from './delivery-event.ts';
import type { Message } from './message.ts';
import type { Notice } from './notice.ts';
import type { Spool } from './spool.ts';
import type { ThrottleLimits } from './throttle.ts';

/** What one way of telling people is made of; the queue in front of it is the same for all. */
export interface Channel<M extends Message> {
  readonly name: ChannelName;
  readonly limits: ThrottleLimits;
  readonly errorCodes: { readonly failed: VigilErrorCode; readonly spool: VigilErrorCode };
  readonly spool: Spool<M>;
  readonly carrier: Carrier<M>;
  /**
   * Writes down what is to be told, without secrets; null when this channel does not tell it.
   *
   * @param at - ISO time
   */
  compose(notice: Notice, at: string): M | null;
  /** The message for those recipients alone. */
  narrow(message: M, recipients: readonly string[]): M;
}
