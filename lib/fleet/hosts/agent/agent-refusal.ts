import type { RefusalKind } from '../agent-protocol.ts';

/** An order that is not carried out, with what to tell the one who gave it. */
export class AgentRefusal extends Error {
  readonly kind: RefusalKind;

  constructor(kind: RefusalKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
