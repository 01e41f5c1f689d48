/** What every event of a stream server carries beside its own fields. */
export interface StreamEventStamp {
  /** ISO time. */
  readonly at: string;
  /** Grows by one with every event of the server. */
  readonly seq: number;
}

export type StreamEventBody =
  | { readonly type: 'channel.opened'; readonly channel: string }
  | { readonly type: 'channel.closed'; readonly channel: string }
  | { readonly type: 'client.joined'; readonly id: number; readonly channel: string }
  | {
      readonly type: 'client.left';
      readonly id: number;
      readonly channel: string;
      readonly reason: 'closed' | 'tooSlow' | 'serverEnds';
    }
  | {
      /** A client that was too slow has missed so many events since its previous batch. */
      readonly type: 'client.dropped';
      readonly id: number;
      readonly channel: string;
      readonly count: number;
    };

/** Something that happened in a stream server. */
export type StreamEvent = StreamEventBody & StreamEventStamp;
