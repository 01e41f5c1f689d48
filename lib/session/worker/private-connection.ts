import { Duplex } from 'node:stream';

/**
 * A connection that exists in this process only: what is written to one end is read from the other.
 * The server's own HTTP stack serves one end as if a client had connected, so a poll is answered by
 * the process that asks, never by a sibling that shares its port.
 */
export function createPrivateConnection(): { readonly client: Duplex; readonly server: Duplex } {
  const client = new PrivateEnd();
  const server = new PrivateEnd();
  client.join(server);
  server.join(client);
  return { client, server };
}

class PrivateEnd extends Duplex {
  // Handlers and loggers read these of every socket.
  readonly remoteAddress = '127.0.0.1';
  readonly remoteFamily = 'IPv4';
  readonly remotePort = 0;
  readonly localAddress = '127.0.0.1';
  readonly localPort = 0;
  #other: PrivateEnd | null = null;
  #wantsMore: (() => void) | null = null;

  join(other: PrivateEnd): void {
    this.#other = other;
  }

  address(): { address: string; family: string; port: number } {
    return { address: this.localAddress, family: 'IPv4', port: this.localPort };
  }

  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {
    const wantsMore = this.#wantsMore;
    this.#wantsMore = null;
    wantsMore?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#other?.accept(chunk, done);
  }

  override _final(done: () => void): void {
    this.#other?.accept(null, () => undefined);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const other = this.#other;
    this.#other = null;
    if (other !== null && !other.readableEnded) {
      process.nextTick(() => {
        other.accept(null, () => undefined);
      });
    }
    done(error);
  }

  accept(chunk: Buffer | null, done: () => void): void {
    if (this.destroyed) {
      done();
      return;
    }
    this.#wantsMore = done;
    if (this.push(chunk) || chunk === null) this._read();
  }
}
