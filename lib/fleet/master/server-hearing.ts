/** How long one that was left may take to find its new master: it tries again once a minute at the latest. */
export const FINDS_MASTER_MS = 120_000;

/** What a master hears of the process of a server, and what follows when it hears nothing. */
export class ServerHearing {
  #isConnected = false;
  #beats: boolean;
  #isSought: boolean;

  /** @param beats - it runs already, and its monitor sent something every second to the master before */
  constructor(beats: boolean) {
    this.#beats = beats;
    this.#isSought = beats;
  }

  /** Whether its monitor is connected. */
  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** Its monitor sends something every second, or did so to the master before. */
  get beats(): boolean {
    return this.#beats;
  }

  /** It was found running, and has not been heard of: as long as it works, it finds its new master in time. */
  get isSought(): boolean {
    return this.#isSought;
  }

  noteRegistered(beats: boolean): void {
    this.#isConnected = true;
    this.#beats = beats;
    this.#isSought = false;
  }

  noteLost(): void {
    this.#isConnected = false;
    this.#beats = false;
    this.#isSought = false;
  }

  /** Milliseconds of silence after which it hangs; null: its silence means nothing. */
  limit(silenceMs: number): number | null {
    if (!this.#beats) return null;
    return this.#isSought ? FINDS_MASTER_MS : silenceMs;
  }

  /** Nothing follows from its silence: without a connection nothing is heard of it, whether it works or not. */
  get isExcused(): boolean {
    return !this.#beats || (!this.#isConnected && !this.#isSought);
  }
}
