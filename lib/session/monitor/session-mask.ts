import type { LoadedSecret } from '../../report/mask-secrets.ts';
import type { ResolvedSessionOptions } from '../options.ts';

/** Of how many variables the values are remembered that servers have set by themselves. */
const MOST_LOADED = 500;

/** Hides the secrets of a session in what is kept or sent; it learns of some only while the session runs. */
export class SessionMask {
  readonly #options: () => ResolvedSessionOptions;
  #sessionKey = '';
  #loaded: LoadedSecret[] = [];
  #mask: ((text: string) => string) | null = null;

  constructor(options: () => ResolvedSessionOptions) {
    this.#options = options;
  }

  readonly hide = (text: string): string => (this.#mask ??= this.#create())(text);

  learnKey(sessionKey: string): void {
    this.#sessionKey = sessionKey;
    this.#mask = null;
  }

  /** A value stays known when another takes its place: older output may still hold it. */
  readonly learn = (secrets: readonly LoadedSecret[]): void => {
    const fresh = secrets.filter(
      ({ name, value }) =>
        !this.#loaded.some((known) => known.name === name && known.value === value),
    );
    if (fresh.length === 0) return;
    this.#loaded = [...this.#loaded, ...fresh].slice(-MOST_LOADED);
    this.#mask = null;
  };

  // Loaded with the first line that is kept, which the start of the server does not wait for.
  #create(): (text: string) => string {
    const { createSecretMask } =
      require('../../report/mask-secrets') as typeof import('../../report/mask-secrets.ts');
    const { listConfiguredSecrets } =
      require('./configured-secrets') as typeof import('./configured-secrets.ts');
    const key = this.#sessionKey === '' ? {} : { 'session key': this.#sessionKey };
    const named = { ...listConfiguredSecrets(this.#options()), ...key };
    return createSecretMask(process.env, named, this.#loaded);
  }
}
