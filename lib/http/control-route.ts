/** One thing the control API can be asked. It knows nothing of the library that serves it. */
export interface ControlRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** What it rejects with becomes an error answer. */
  readonly handle: (request: ControlRequest) => ControlReply | Promise<ControlReply>;
}

export interface ControlRequest {
  query(name: string): string | undefined;
  /** The parsed JSON body; an empty object when there was none. */
  readonly body: Readonly<Record<string, unknown>>;
}

export type ControlReply =
  | { readonly kind: 'json'; readonly body: unknown }
  | { readonly kind: 'lines'; readonly open: (signal: AbortSignal) => LineSource };

/** JSON lines: first those that are there, then what comes. */
export interface LineSource {
  readonly first: readonly unknown[];
  /** Without it the answer ends after `first`. */
  readonly following?: AsyncIterator<unknown>;
}
