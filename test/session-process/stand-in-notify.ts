import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';

/** One message: who had it sent, and what it says. */
export interface Notified {
  readonly sender: number;
  readonly variables: readonly string[];
}

/** A `systemd-notify` that writes what it is to send into the file that NOTIFY_SOCKET names. */
const COMMAND = `#!/bin/sh
line=$PPID
for variable in "$@"; do line="$line|$variable"; done
echo "$line" >> "$NOTIFY_SOCKET"
`;

export class StandInNotify {
  readonly env: Readonly<Record<string, string>>;
  readonly #file: string;

  /** @param commands - the folder with the command in it */
  private constructor(commands: string, file: string) {
    this.#file = file;
    this.env = { NOTIFY_SOCKET: file, PATH: `${commands}:${process.env['PATH'] ?? ''}` };
  }

  static async make(): Promise<StandInNotify> {
    const directory = await makeTempDirectory({ 'bin/systemd-notify': COMMAND });
    chmodSync(join(directory, 'bin/systemd-notify'), 0o755);
    writeFileSync(join(directory, 'said'), '');
    return new StandInNotify(join(directory, 'bin'), join(directory, 'said'));
  }

  get all(): readonly Notified[] {
    const lines = readFileSync(this.#file, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => {
      const [sender = '', ...variables] = line.split('|');
      return { sender: Number(sender), variables };
    });
  }

  /** The first message with such a variable. */
  waitFor(pattern: RegExp, accepts: (one: Notified) => boolean = () => true): Promise<Notified> {
    return waitUntil(
      () =>
        Promise.resolve(
          this.all.find((one) => one.variables.some((text) => pattern.test(text)) && accepts(one)),
        ),
      () => `nothing like ${String(pattern)} among ${JSON.stringify(this.all)}`,
    );
  }

  /** The variables of this name in the order in which they were said. */
  ofName(name: string): string[] {
    return this.all.flatMap(({ variables }) =>
      variables.filter((variable) => variable.startsWith(`${name}=`)),
    );
  }
}
