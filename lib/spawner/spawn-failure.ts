import type { SpawnEnd } from './spawn-event.ts';

/** Why a spawn did not come about, as the one who asked is answered. */
export class SpawnFailure extends Error {
  /** Of HTTP. */
  readonly status: number;
  /** What the answer says beside the reason: the id, how the process ended, the field that is wrong. */
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(status: number, reason: string, facts: Readonly<Record<string, unknown>> = {}) {
    super(reason);
    this.name = 'SpawnFailure';
    this.status = status;
    this.facts = facts;
  }
}

export const SHUTTING_DOWN = (): SpawnFailure =>
  new SpawnFailure(503, 'The spawner is shutting down');

/** Why a server that was started never got ready. */
export function createLaunchFailure(
  { id }: { readonly id: string },
  end: SpawnEnd,
  { program, output }: { readonly program: string; readonly output: readonly string[] },
): SpawnFailure {
  const { code, signal, meaning, cause, endedBecause } = end;
  if (cause === 'start-timeout') return new SpawnFailure(504, endedBecause, { id, output });
  const exit = code === null ? `signal=${signal ?? 'none'}` : `exit-code=${String(code)}`;
  const reason = `${program} failed: reason='${meaning ?? endedBecause}', ${exit}, id=${id}`;
  return new SpawnFailure(502, reason, {
    id,
    exitCode: code,
    signal,
    meaning,
    endedBecause,
    output,
  });
}
