import { VigilError } from '../errors.ts';

const HEAD_END = '\r\n\r\n';
const LONGEST_HEAD = 64 * 1024;
const LONGEST_LINE = 1024;

/**
 * Reads the answer to one request as it comes in, keeps its status and nothing of its body.
 *
 * Not Node's own client: the first use of it in a process makes the HTTP server there some 3 % slower for good, since
 * both work on the same classes (`bench/`: requests a second on kept connections, with and without polls).
 */
export class AnswerReader {
  #text = '';
  #status: number | null = null;
  #body: BodyReader | null = null;
  #isComplete = false;

  /** The status of an answer that has come to its end; null until then. */
  get completeStatus(): number | null {
    return this.#isComplete ? this.#status : null;
  }

  /** @throws ERR_PROBE_FAILED when this is not HTTP */
  accept(chunk: Buffer): void {
    if (this.#isComplete) return;
    if (this.#body !== null) {
      this.#isComplete = this.#body.accept(chunk);
      return;
    }
    this.#text += chunk.toString('latin1');
    if (!'HTTP/1.'.startsWith(this.#text.slice(0, 7))) throw notHttp(this.#text);
    this.#readHead();
  }

  /** @throws ERR_PROBE_FAILED when the answer lacks something still */
  end(): void {
    if (this.#isComplete) return;
    if (this.#body?.endsWithConnection !== true) throw failed('the answer was cut off');
    this.#isComplete = true;
  }

  #readHead(): void {
    const end = this.#text.indexOf(HEAD_END);
    if (end === -1) {
      if (this.#text.length > LONGEST_HEAD) throw failed('the head of the answer does not end');
      return;
    }
    const [first = '', ...fields] = this.#text.slice(0, end).split('\r\n');
    const status = Number(/^HTTP\/1\.[01] ([1-9]\d\d)(?: |$)/.exec(first)?.[1] ?? Number.NaN);
    if (Number.isNaN(status)) throw notHttp(first);
    const rest = Buffer.from(this.#text.slice(end + HEAD_END.length), 'latin1');
    this.#text = '';
    // "Continue" and "Early Hints": the answer itself is still to come.
    if (status >= 200) {
      this.#status = status;
      this.#body = createBodyReader(status, fields);
      this.#isComplete = this.#body.accept(rest);
    } else if (rest.length > 0) this.accept(rest);
  }
}

interface BodyReader {
  readonly endsWithConnection: boolean;
  /** True once the body is there as a whole. */
  accept(chunk: Buffer): boolean;
}

function createBodyReader(status: number, fields: readonly string[]): BodyReader {
  const valueOf = (name: string): string | undefined =>
    fields
      .find((field) => field.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim();
  if (status === 204 || status === 304) return createSizedBody(0);
  if (/\bchunked$/i.test(valueOf('transfer-encoding') ?? '')) return new ChunkedBody();
  const length = valueOf('content-length');
  if (length === undefined) return { endsWithConnection: true, accept: () => false };
  if (!/^\d{1,15}$/.test(length))
    throw failed(`bad Content-Length ${JSON.stringify(length.slice(0, 40))}`);
  return createSizedBody(Number(length));
}

function createSizedBody(size: number): BodyReader {
  let missing = size;
  return {
    endsWithConnection: false,
    accept: (chunk) => {
      missing -= chunk.length;
      return missing <= 0;
    },
  };
}

/** Chunks, each after a line with its size, until one without content; then lines, until an empty one. */
class ChunkedBody implements BodyReader {
  readonly endsWithConnection = false;
  #line = '';
  /** Of the chunk and the end of its line. */
  #missing = 0;
  #isTrailer = false;

  accept(chunk: Buffer): boolean {
    let at = 0;
    while (at < chunk.length) {
      if (this.#missing > 0) {
        const taken = Math.min(this.#missing, chunk.length - at);
        this.#missing -= taken;
        at += taken;
        continue;
      }
      const end = chunk.indexOf(0x0a, at);
      this.#line += chunk.toString('latin1', at, end === -1 ? chunk.length : end);
      if (this.#line.length > LONGEST_LINE) throw failed('a line within the answer does not end');
      if (end === -1) return false;
      at = end + 1;
      const line = this.#line.replace(/\r$/, '');
      this.#line = '';
      if (this.#isTrailer && line === '') return true;
      if (!this.#isTrailer) this.#begin(line);
    }
    return false;
  }

  #begin(line: string): void {
    const size = /^([\da-f]{1,12})\s*(?:;|$)/i.exec(line)?.[1];
    if (size === undefined) throw failed(`bad chunk ${JSON.stringify(line.slice(0, 40))}`);
    const bytes = Number.parseInt(size, 16);
    if (bytes === 0) this.#isTrailer = true;
    else this.#missing = bytes + 2;
  }
}

function notHttp(text: string): VigilError {
  return failed(`not an HTTP answer: ${JSON.stringify(text.slice(0, 40))}`);
}

function failed(text: string): VigilError {
  return new VigilError('ERR_PROBE_FAILED', text);
}
