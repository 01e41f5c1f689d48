import type { AdminUser, TypeToken } from '../plan/server-entry.ts';
import type { ClientRegistration } from '../protocol/registration.ts';
import { LOCAL_USER } from './local-key.ts';
import { isHashed, isSame, isUsableHash, matchesPassword } from './stored-password.ts';

/** A user who has shown the right password. */
export interface AdminPerson {
  readonly name: string;
  /** 1 may change things, 2 may look. */
  readonly level: number;
}

export interface AdminCredentialsSettings {
  readonly env: string;
  /** Null: nobody may log in; in `development` admin may, with the password admin. */
  readonly users: readonly AdminUser[] | null;
  /** Null: every server is accepted. */
  readonly tokens: readonly TypeToken[] | null;
  /** What the operator of this machine shows; null: nothing. */
  readonly localKey: string | null;
}

export type PasswordFinding = AdminPerson | 'wrong' | 'busy';

const DEVELOPER: AdminUser = { id: 'admin', username: 'admin', password: 'admin', level: 1 };
const WITHOUT_RIGHTS = 2;
const MOST_CHECKS = 16;

/** Who may register with a master, and as what. */
export class AdminCredentials {
  readonly #users: readonly AdminUser[];
  readonly #tokens: readonly TypeToken[] | null;
  readonly #localKey: string | null;
  #checks = 0;

  constructor({ env, users, tokens, localKey }: AdminCredentialsSettings) {
    this.#users = users ?? (env === 'development' ? [DEVELOPER] : []);
    this.#tokens = tokens;
    this.#localKey = localKey;
  }

  /** Whether a client shows the key of this machine's operator. */
  isLocal({ username, password, md5 }: ClientRegistration): boolean {
    if (username !== LOCAL_USER || this.#localKey === null || md5) return false;
    return isSame(this.#localKey, password ?? '');
  }

  /** A name that nobody has takes as long as a wrong password. */
  async checkUser(claim: ClientRegistration): Promise<PasswordFinding> {
    if (this.isLocal(claim)) return { name: LOCAL_USER, level: 1 };
    const { username, password, md5 } = claim;
    if (password === null || username === LOCAL_USER) return 'wrong';
    // Each check takes memory and a processor for a while.
    if (this.#checks >= MOST_CHECKS) return 'busy';
    this.#checks += 1;
    try {
      const known = this.#users.filter((user) => user.username === username);
      const candidates = known.length > 0 ? known : this.#users.slice(0, 1);
      for (const user of candidates) {
        const fits = await matchesPassword(user.password, { password, md5 });
        if (fits && user.username === username) return personOf(user);
      }
      return 'wrong';
    } finally {
      this.#checks -= 1;
    }
  }

  /** Whether a server of this type may register. */
  checkToken(serverType: string, token: string | null): boolean {
    if (this.#tokens === null) return true;
    const own = this.#tokens.filter(({ type }) => type === serverType);
    return token !== null && own.some((entry) => isSame(entry.token, token));
  }
}

/** What an operator should hear about the users of a fleet. */
export function findWeakUsers({
  env,
  users,
}: {
  env: string;
  users: readonly AdminUser[] | null;
}): string[] {
  if (users === null) return [];
  return users.flatMap(({ username, password }) => {
    if (isHashed(password) && !isUsableHash(password))
      return [`the password of ${username} in config/adminUser.json is no usable scrypt hash`];
    if (isHashed(password) || env === 'development') return [];
    return [
      `the password of ${username} stands in config/adminUser.json as it is: see vigil fleet password`,
    ];
  });
}

function personOf({ username, level }: AdminUser): AdminPerson {
  return { name: username, level: level === 1 ? 1 : WITHOUT_RIGHTS };
}
