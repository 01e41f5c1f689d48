import { WrongKeyLimit } from '../../http/wrong-key-limit.ts';
import type { Clock } from '../../util/clock.ts';
import {
  type ClientRegistration,
  type MonitorRegistration,
  parseRegistration,
  REFUSALS,
  takenId,
} from '../protocol/registration.ts';
import type { ConnectionRole } from './admin-connection.ts';
import type { AdminCredentials } from './admin-credentials.ts';
import type { AdminRoster } from './admin-roster.ts';

/** What was decided about somebody who says who they are. */
export type Judgement =
  | { readonly accepted: true; readonly role: ConnectionRole }
  | {
      readonly accepted: false;
      readonly kind: 'client' | 'monitor' | 'stranger';
      readonly id: string | null;
      readonly user: string | null;
      readonly reason: string;
    };

export interface Claim {
  readonly how: 'register' | 'reconnect';
  readonly value: unknown;
  readonly address: string;
}

// All servers of a fleet may share one address, and may all have been given a wrong token.
const TOKEN_LIMITS = { perAddress: 200, addressRefillMs: 300, overall: 500, overallRefillMs: 100 };

/** Judges registrations, and reconnections by the same rules. */
export class Registrar {
  readonly #credentials: AdminCredentials;
  readonly #roster: AdminRoster;
  readonly #wrongPasswords: WrongKeyLimit;
  readonly #wrongTokens: WrongKeyLimit;

  constructor(credentials: AdminCredentials, roster: AdminRoster, clock: Clock) {
    this.#credentials = credentials;
    this.#roster = roster;
    this.#wrongPasswords = new WrongKeyLimit(clock);
    this.#wrongTokens = new WrongKeyLimit(clock, TOKEN_LIMITS);
  }

  async judge(claim: Claim): Promise<Judgement> {
    const said = parseRegistration(claim.value);
    if (typeof said === 'string')
      return { accepted: false, kind: 'stranger', id: null, user: null, reason: said };
    if (said.kind === 'monitor') return this.#judgeMonitor(said, claim);
    if (claim.how === 'reconnect') return refuse(said, REFUSALS.type);
    return this.#judgeClient(said, claim.address);
  }

  #judgeMonitor(said: MonitorRegistration, { how, address }: Claim): Judgement {
    const { id, serverType, token } = said;
    // A reconnection is no way around the token, not even where none is asked for.
    if (how === 'reconnect' && token === null) return refuse(said, REFUSALS.token);
    if (this.#wrongTokens.waitMs(address) > 0) return refuse(said, REFUSALS.tooOften);
    if (!this.#credentials.checkToken(serverType, token)) {
      this.#wrongTokens.noteWrong(address);
      return refuse(said, REFUSALS.token);
    }
    this.#wrongTokens.noteRight(address);
    if (this.#roster.isTaken('monitor', id)) return refuse(said, takenId(id));
    if (this.#roster.isFull('monitor')) return refuse(said, REFUSALS.crowded);
    const { pid, info, vigil } = said;
    return {
      accepted: true,
      role: { kind: 'monitor', facts: { id, serverType, pid, info, address, beats: vigil } },
    };
  }

  async #judgeClient(said: ClientRegistration, address: string): Promise<Judgement> {
    // Whoever is at this machine has its key, however many others are guessing.
    const isLocal = this.#credentials.isLocal(said);
    if (!isLocal && this.#wrongPasswords.waitMs(address) > 0)
      return refuse(said, REFUSALS.tooOften);
    const person = await this.#credentials.checkUser(said);
    if (person === 'busy') return refuse(said, REFUSALS.crowded);
    if (person === 'wrong') {
      this.#wrongPasswords.noteWrong(address);
      return refuse(said, REFUSALS.password);
    }
    if (!isLocal) this.#wrongPasswords.noteRight(address);
    if (this.#roster.isTaken('client', said.id)) return refuse(said, takenId(said.id));
    if (this.#roster.isFull('client')) return refuse(said, REFUSALS.crowded);
    return { accepted: true, role: { kind: 'client', id: said.id, person } };
  }
}

function refuse(said: ClientRegistration | MonitorRegistration, reason: string): Judgement {
  const user = said.kind === 'client' ? said.username : null;
  return { accepted: false, kind: said.kind, id: said.id, user, reason };
}
