/** What a gateway writes to itself and to other gateways, as letters of the kind `note`. */
export type GatewayNote =
  | {
      readonly note: 'jobs';
      /** Who wrote it, and its number there. */
      readonly by: string;
      readonly number: number;
      readonly begun: readonly OpenJob[];
      /** Correlation ids of jobs whose end was acknowledged. */
      readonly ended: readonly string[];
    }
  /** To whoever reads the mailbox where a session is known: it wants to go on at the gateway `by`. */
  | Claim
  | {
      readonly note: 'handed';
      readonly nonce: string;
      readonly jobs: readonly OpenJob[];
      /** Mailboxes where more of the session may be. */
      readonly also: readonly string[];
    }
  | { readonly note: 'elsewhere'; readonly nonce: string; readonly also: readonly string[] }
  | { readonly note: 'unknown'; readonly nonce: string }
  /** To the home of a session: where it is now, and which mailboxes matter to it. */
  | {
      readonly note: 'moved';
      readonly clientId: string;
      readonly to: string;
      readonly homes: readonly string[];
    };

export interface Claim {
  readonly note: 'claim';
  readonly clientId: string;
  readonly by: string;
  readonly nonce: string;
}

/** A job as one gateway tells another of it. */
export interface OpenJob {
  /** Correlation id, which names client and job. */
  readonly c: string;
  readonly name: string;
  readonly deadline: number | null;
  readonly attempt?: number;
}

/** Null for what is no note of a gateway. */
export function parseNote(body: string): GatewayNote | null {
  try {
    const value: unknown = JSON.parse(body);
    const { note } = (value ?? {}) as { note?: unknown };
    return typeof note === 'string' && NOTES.has(note) ? (value as GatewayNote) : null;
  } catch {
    return null;
  }
}

const NOTES = new Set(['jobs', 'claim', 'handed', 'elsewhere', 'unknown', 'moved']);
