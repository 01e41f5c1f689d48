import type { Carrier, Outcome } from '../../lib/notify/carrier.ts';

export const ACCEPTED: Outcome = { kind: 'accepted', response: '250 OK', refused: [] };
export const DEFERRED: Outcome = { kind: 'deferred', message: '451 greylisted' };
export const REFUSED: Outcome = { kind: 'refused', message: '550 no such user' };
export const UNREACHABLE: Outcome = { kind: 'unreachable', message: 'ECONNREFUSED' };

/** A carrier that answers as it is told, and keeps what it was given. */
export class ScriptedCarrier<M extends { readonly id: string }> implements Carrier<M> {
  readonly tried: M[] = [];
  answer: (message: M) => Outcome | Promise<Outcome> = () => ACCEPTED;

  async send(
    messages: readonly M[],
    onOutcome: (id: string, outcome: Outcome) => void,
  ): Promise<void> {
    for (const message of messages) {
      this.tried.push(message);
      const outcome = await this.answer(message);
      onOutcome(message.id, outcome);
      if (outcome.kind === 'unreachable' || outcome.kind === 'gone') return;
    }
  }

  async close(): Promise<void> {
    return Promise.resolve();
  }
}
