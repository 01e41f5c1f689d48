import type { Readable } from 'node:stream';
import type { RouteAbout } from './route-about.ts';

/** One thing the control API can be asked. It knows nothing of the library that serves it. */
export interface ControlRoute {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'OPTIONS';
  /** A part such as `:id` takes any text. */
  readonly path: string;
  /**
   * Who may ask over TCP: anybody (`open`), whoever may read (`read`), or only who has the session key (`act`).
   * On the unix socket there is one user, who may do all of it.
   */
  readonly access: RouteAccess;
  /** It is there on the unix socket alone. */
  readonly isSocketOnly?: true;
  /** What the API's document says of it; without it the route is no part of the API, like a file of the page. */
  readonly about?: RouteAbout;
  /** Whatever the body holds, it is not looked at. */
  readonly ignoresBody?: true;
  /** What it rejects with becomes an error answer. */
  readonly handle: (request: ControlRequest) => ControlReply | Promise<ControlReply>;
}

export type RouteAccess = 'open' | 'read' | 'act';

export interface ControlRequest {
  query(name: string): string | undefined;
  /** A part of the path that the route names. */
  param(name: string): string;
  header(name: string): string | undefined;
  /** Fires when whoever asks has gone before the answer could be sent. */
  readonly gone: AbortSignal;
  /** Path and query as they were sent. */
  readonly target: string;
  /** The parsed JSON body; an empty object when there was none. */
  readonly body: Readonly<Record<string, unknown>>;
}

export type ControlReply =
  | { readonly kind: 'json'; readonly body: unknown; readonly status?: number }
  | {
      readonly kind: 'text';
      readonly body: string | Uint8Array<ArrayBuffer>;
      readonly contentType: string;
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | {
      /** Another server's answer, passed on as it comes. */
      readonly kind: 'passed';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Readable;
    }
  | { readonly kind: 'lines'; readonly open: (signal: AbortSignal) => LineSource };

/** Events, one after the other: first those that are there, then what comes. */
export interface LineSource {
  readonly first: readonly unknown[];
  /** Without it the answer ends after `first`. */
  readonly following?: AsyncIterator<unknown>;
}
