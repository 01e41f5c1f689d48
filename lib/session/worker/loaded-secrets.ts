import type { LoadedSecret } from '../../report/mask-secrets.ts';
import { listSecretsOf } from '../../report/secret-variable.ts';

const LONGEST_VALUE = 8192;
const MOST_AT_ONCE = 100;

/** Secrets that the server has put into its own environment, from a `.env` file for one: the monitor cannot know them. */
export class LoadedSecrets {
  readonly #known: Record<string, string | undefined>;

  constructor(environment: NodeJS.ProcessEnv = process.env) {
    this.#known = { ...environment };
  }

  /** Those that have come since the last call. */
  take(environment: NodeJS.ProcessEnv = process.env): LoadedSecret[] {
    const found: LoadedSecret[] = [];
    for (const [name, value = ''] of Object.entries(environment)) {
      if (found.length === MOST_AT_ONCE) break;
      if (this.#known[name] === value) continue;
      this.#known[name] = value;
      if (value.length > LONGEST_VALUE || listSecretsOf(name, value).length === 0) continue;
      found.push({ name, value });
    }
    return found;
  }
}
