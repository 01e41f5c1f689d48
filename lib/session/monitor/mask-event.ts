import type { SessionEvent } from '../session-event.ts';

/**
 * The event with every text in it masked. Numbers stay: a mask over the written line could turn one
 * that looks like a secret into something that is no JSON.
 */
export function maskEvent(event: SessionEvent, mask: (text: string) => string): SessionEvent {
  return JSON.parse(JSON.stringify(event), (_key, value: unknown) =>
    typeof value === 'string' ? mask(value) : value,
  ) as SessionEvent;
}
