/** What a key of an entry has to hold, in words and as a check. */
export interface EntryKey {
  readonly expected: string;
  readonly fits: (value: unknown) => boolean;
}

const HIGHEST_PORT = 65_535;
const MOST_SERVERS = 10_000;
const LONGEST_TEXT = 4096;

/** Names become parts of file names and of command lines. */
export const NAME: EntryKey = {
  expected: 'a name of letters, digits, ".", "_" and "-", at most 100 of them',
  fits: (value) => typeof value === 'string' && /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/.test(value),
};

// One that began with "-" would be read as a flag by ssh.
export const HOST: EntryKey = {
  expected: 'a host name or an IP address',
  fits: (value) => typeof value === 'string' && /^[A-Za-z0-9_:[][\w.:%\]@-]{0,254}$/.test(value),
};

export const PORT = integer('a port', 1, HIGHEST_PORT);

/** Arguments for the ssh client. */
export const SSH_PARAMS: EntryKey = {
  expected: 'arguments of ssh: a text or a list of texts and numbers',
  fits: (value) =>
    (Array.isArray(value) ? value : [value]).every(
      (word) => isText(plainText(word)) && plainText(word) !== '',
    ),
};

/** The keys of a server that mean something to the master; all others are the application's. */
export const SERVER_KEYS: Readonly<Record<string, EntryKey>> = {
  id: NAME,
  serverType: NAME,
  host: HOST,
  port: countable(PORT),
  clientHost: HOST,
  clientPort: countable(PORT),
  frontend: flag(),
  'auto-restart': flag(),
  'restart-force': flag(),
  clusterCount: integer('a number of servers', 1, MOST_SERVERS),
  'max-connections': integer('a number of connections', 0, 1e9),
  cpu: {
    expected: 'the number of a processor, or a list such as "0,2-3"',
    fits: (value) => /^\d{1,4}(?:[,-]\d{1,4})*$/.test(plainText(value)),
  },
  ssh_config_params: SSH_PARAMS,
  args: {
    expected: 'flags of node: a text or a list of texts',
    fits: (value) => (Array.isArray(value) ? value : [value]).every(isText),
  },
};

export const OWN_VALUE: EntryKey = {
  expected: 'a text, a number or a boolean',
  fits: (value) => isText(value) || typeof value === 'boolean' || Number.isFinite(value),
};

export const OWN_KEY = /^[A-Za-z_][\w.-]{0,63}$/;

export const SECONDS: EntryKey = {
  expected: 'a number of seconds, more than 0',
  fits: (value) => typeof value === 'number' && value > 0 && value <= 24 * 86_400,
};

export function integer(what: string, min: number, max: number): EntryKey {
  return {
    expected: `${what}, ${String(min)} to ${String(max)}`,
    fits: (value) => {
      const number = /^\d{1,10}$/.test(plainText(value)) ? Number(value) : Number.NaN;
      return number >= min && number <= max;
    },
  };
}

/** With `++` at its end it counts up from server to server. */
function countable(key: EntryKey): EntryKey {
  return {
    expected: `${key.expected}; with "++" at its end it counts up`,
    fits: (value) => key.fits(plainText(value).replace(/\+\+$/, '')),
  };
}

function flag(): EntryKey {
  return {
    expected: 'true or false',
    fits: (value) => value === 'true' || value === 'false' || typeof value === 'boolean',
  };
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length <= LONGEST_TEXT && !value.includes('\0');
}

function plainText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
