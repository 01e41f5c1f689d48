import type { LwesJournalWriterOptions } from '../lwes/journal-writer.ts';
import type { SlowClientPolicy } from './client-config.ts';
import type { ValueForm } from './value-text.ts';

/** What a stream server can be told. Durations are seconds, fractions allowed. */
export interface StreamOptions {
  /** Where it listens; 0 for any free port; default 8887. */
  readonly port?: number;
  /** The name or address to listen on; default `127.0.0.1`. */
  readonly host?: string;
  /** Address of this machine whose network is used for multicast; default: what the routes say. */
  readonly interface?: string | null;
  /** The channels clients may ask for, as `ip:port`; default none given: all. */
  readonly allowedChannels?: readonly string[];
  /** The key that everything but `/healthz` asks for; default none. */
  readonly token?: string | null;
  /** Pages of other sites that may ask, such as `https://app.example`; those of this machine always may; default none. */
  readonly allowedOrigins?: readonly string[];
  /** How values become JSON. */
  readonly values?: Partial<ValueForm>;
  /** What becomes of the events for a client that is too slow, unless it says so itself; default `drop-oldest`. */
  readonly slowClients?: SlowClientPolicy;
  /** What may wait for one client; default 10,000 events and 4 MiB of text. */
  readonly queue?: { readonly maxEvents?: number; readonly maxBytes?: number };
  /** How many events of a channel are kept for clients that come again; default 1000. */
  readonly ringEvents?: number;
  /** How long a channel stays open after its last client has gone, seconds; default 0. */
  readonly lingerSeconds?: number;
  /** Default 10,000. */
  readonly maxClients?: number;
  /** Default 256. */
  readonly maxChannels?: number;
  /** How often a client is asked for a sign of life; one that has not answered by the next time is given up; default 15. */
  readonly pingIntervalSeconds?: number;
  /** Keeps every datagram of all channels, as it came; default none. */
  readonly journal?: Pick<
    LwesJournalWriterOptions,
    'path' | 'maxFileBytes' | 'maxAgeSeconds'
  > | null;
}
