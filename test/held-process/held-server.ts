import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runServer, type Session } from '../session-process/run-server.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const SERVERS = join(__dirname, '../fixtures/held');

/** Each death counts as the first one, so that each restart is immediate. */
export const FORGETFUL = ['restart.breaker.halfLifeSeconds=0.05'];

/** A server whose socket is held, and which writes down what it accepts. */
export class HeldServer {
  readonly session: Session;
  readonly port: number;
  readonly #directory: string;

  private constructor(session: Session, port: number, directory: string) {
    this.session = session;
    this.port = port;
    this.#directory = directory;
  }

  /** @param file - program of fixtures/held */
  static async start(file: string, set: readonly string[] = []): Promise<HeldServer> {
    const directory = await makeTempDirectory();
    const env = { ACCEPTED: join(directory, 'accepted'), BROKEN: join(directory, 'broken') };
    const session = await runServer(join(SERVERS, file), { set, env });
    await session.ready();
    return new HeldServer(session, Number(await session.port()), directory);
  }

  /** Kills one process after the other, each once it has answered those who had waited for it. */
  async killOften(times: number, ask: (port: number) => Promise<unknown>): Promise<void> {
    for (let generation = 1; generation <= times; generation += 1) {
      await this.session.ready(generation);
      // Who has come last is served last.
      await ask(this.port);
      await this.kill(generation);
    }
    await this.session.ready(times + 1);
  }

  async kill(generation: number): Promise<void> {
    const { pid } = await this.session.ready(generation);
    process.kill(Number(pid), 'SIGKILL');
    await this.session.exited(generation);
  }

  /** From now on no version starts; or every version does again. */
  breakVersions(isBroken: boolean): void {
    const file = join(this.#directory, 'broken');
    if (isBroken) writeFileSync(file, '');
    else rmSync(file);
  }

  /**
   * How many connections the dead processes may have taken with them, once the session has ended: those that
   * were accepted and not finished; and as connections are taken one after the other, one that a process killed
   * in between had no time to write down.
   */
  countLosable(kills: number): number {
    const marks = readFileSync(join(this.#directory, 'accepted'), 'utf8');
    return [...marks].reduce((open, mark) => open + (mark === '+' ? 1 : -1), kills);
  }
}
