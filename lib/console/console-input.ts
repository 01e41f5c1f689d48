/** A stream that lines are read from; a terminal has more to it than a pipe. */
export type ConsoleStream = NodeJS.ReadableStream & {
  readonly isTTY?: boolean | undefined;
  setRawMode?(isRaw: boolean): unknown;
  ref?(): unknown;
  unref?(): unknown;
};

/** One way to get lines out of a stream. */
export interface ConsoleInput {
  start(): void;
  /** Leaves the stream alone until `resume`. */
  pause(): void;
  resume(): void;
  /** Shows the prompt and what is being typed again. */
  redraw?(): void;
  close(): void;
}

export interface ConsoleInputEvents {
  /** The next line may be handed over before this resolves; it then waits. */
  readonly onLine: (line: string) => Promise<void>;
  /** Nothing more will come: end of file, or the stream failed. */
  readonly onEnd: () => void;
}

/**
 * Keeps a stream whose terminal or reader has vanished (EIO, EPIPE, EAGAIN) from ending the process.
 *
 * It stays on for good: such errors also come after the console has closed.
 */
export function tolerateErrors(stream: NodeJS.EventEmitter): void {
  if (!stream.listeners('error').includes(ignoreError)) stream.on('error', ignoreError);
}

function ignoreError(): void {
  // 'close' or 'end' tells it as well
}
