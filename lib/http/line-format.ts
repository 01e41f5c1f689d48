/** How events are written, one after the other. */
export interface LineFormat {
  readonly contentType: string;
  /** Comes before the first. */
  readonly opening: string;
  readonly encode: (value: unknown) => string;
  /** Says now and then that the connection lives; null where nothing can be said between two values. */
  readonly signOfLife: string | null;
}

/** Whether a client asks for server-sent events, by its `Accept`. */
export function wantsEventStream(accept: string | undefined): boolean {
  return accept?.toLowerCase().includes('text/event-stream') === true;
}

/** A browser that lost the connection comes again after so long, milliseconds. */
const RETRY_MS = 2_000;

export const JSON_LINES: LineFormat = {
  contentType: 'application/x-ndjson',
  opening: '',
  encode: rememberEach((value) => `${JSON.stringify(value)}\n`),
  signOfLife: null,
};

/** As in the HTML standard; the id is the event's `seq`. */
export const SERVER_SENT_EVENTS: LineFormat = {
  contentType: 'text/event-stream',
  opening: `retry: ${String(RETRY_MS)}\n\n`,
  encode: rememberEach((value) => {
    const { seq } = (value ?? {}) as { seq?: unknown };
    const id = Number.isSafeInteger(seq) ? `id: ${String(seq)}\n` : '';
    return `${id}data: ${JSON.stringify(value)}\n\n`;
  }),
  signOfLife: ':\n\n',
};

/** A thousand readers of one event share its text. */
function rememberEach(encode: (value: unknown) => string): (value: unknown) => string {
  const texts = new WeakMap<object, string>();
  return (value) => {
    if (typeof value !== 'object' || value === null) return encode(value);
    let text = texts.get(value);
    if (text === undefined) {
      text = encode(value);
      texts.set(value, text);
    }
    return text;
  };
}
