/** Keeps the process running although nothing of the server does yet, by its channel to the monitor. */
export class KeepAlive {
  #holds = 0;

  hold(): void {
    this.#holds += 1;
    process.channel?.ref();
  }

  release(): void {
    this.#holds -= 1;
    if (this.#holds === 0) process.channel?.unref();
  }
}
