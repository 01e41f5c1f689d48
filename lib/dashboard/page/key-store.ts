const NAME = 'vigil.key';

/** The session key, for as long as this tab is open; nowhere else. */
export const keyStore = {
  read(): string | null {
    try {
      return sessionStorage.getItem(NAME);
    } catch {
      // Storage may be forbidden; the key is then asked for each time the page is loaded.
      return null;
    }
  },

  write(key: string | null): void {
    try {
      if (key === null) sessionStorage.removeItem(NAME);
      else sessionStorage.setItem(NAME, key);
    } catch {
      // As above.
    }
  },
};
