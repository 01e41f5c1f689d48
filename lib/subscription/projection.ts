/** What one event is to one configuration. */
export interface Projection {
  /** JSON. */
  readonly text: string;
  /** Says of what the item is the newest state, for those who want only that. */
  readonly conflateKey?: string;
  /** The same, going by an attribute that the subscriber has chosen. */
  readonly keyOf?: (attribute: string) => string;
  /** Where a subscriber goes on that has had the item. */
  readonly position?: number;
}

export interface QueueLimits {
  readonly maxItems: number;
  /** Of text, in UTF-16 units. One item that is longer than all of it still gets through alone. */
  readonly maxLength: number;
}
