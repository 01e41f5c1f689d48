/** Where an embedded broker keeps what must not be lost. */
export interface JobStore {
  /** Whether a text can be read from it again; otherwise the broker keeps all of them itself. */
  readonly hasTexts: boolean;
  /** Whether it takes nothing new for now. */
  readonly isBlocked: boolean;
  /** Hears when `isBlocked` has changed. */
  onBlocked: (isBlocked: boolean) => void;
  /** Everything in it, in the order of the keys. */
  entries(): StoreEntries;
  read(key: string): Promise<string | undefined>;
  /**
   * Writes all of it or nothing, and resolves when it is safe.
   *
   * @param undo - what takes it back, should it turn out after a failed write that it was written
   * @throws ERR_BROKER_STORE when it cannot be written
   */
  offer(changes: readonly StoreChange[], undo: () => readonly StoreChange[]): Promise<void>;
  /** Writes what has happened already: however long it takes. Resolves when it is safe, or the store is closed. */
  settle(changes: readonly StoreChange[]): Promise<void>;
  /** Waits for what is being written. */
  close(): Promise<void>;
}

type StoreEntry = readonly [key: string, text: string];
export type StoreEntries = AsyncIterable<StoreEntry> | Iterable<StoreEntry>;

export type StoreChange =
  | { readonly type: 'put'; readonly key: string; readonly value: string }
  | { readonly type: 'del'; readonly key: string };

export function put(key: string, value: string): StoreChange {
  return { type: 'put', key, value };
}

export function del(key: string): StoreChange {
  return { type: 'del', key };
}

/** Keeps nothing: the jobs of `memory:` live as long as the process. @lazy */
export function createMemoryStore(): JobStore {
  return {
    hasTexts: false,
    isBlocked: false,
    onBlocked: () => undefined,
    entries: () => [],
    read: () => Promise.resolve(undefined),
    offer: () => Promise.resolve(),
    settle: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
