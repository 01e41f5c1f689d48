import type { ControlPort } from '../../http/control-port.ts';
import type { ControlServer } from '../../http/control-server.ts';
import type { FrontAddress } from '../../http/front-server.ts';
import type { DoorLoad } from '../../http/http-door.ts';
import type { Clock } from '../../util/clock.ts';
import type { FrontPart, HttpFront } from './http-front.ts';
import type { LiveOptions } from './monitor-context.ts';
import type { SessionJournal } from './session-journal.ts';

export interface DoorsOptions {
  readonly clock: Clock;
  readonly live: LiveOptions;
  readonly journal: SessionJournal;
  readonly warn: (text: string) => void;
  readonly control: () => ControlPort;
  /** Asked for once, when there is a door over TCP, or somebody at the socket wants one of them. */
  readonly frontParts: () => readonly FrontPart[];
}

export interface DoorKeys {
  readonly sessionKey: string;
  /** Whether another monitor had the doors until now. */
  readonly isTakenOver: boolean;
}

export type NamedLoad = DoorLoad & { readonly door: 'socket' | 'http' };

/** Where a session is reached by those who operate it: the control socket, and a TCP port if one is wanted. */
export class SessionDoors {
  readonly #options: DoorsOptions;
  #socket: ControlServer | null = null;
  #front: HttpFront | null = null;
  #parts: readonly FrontPart[] | null = null;

  constructor(options: DoorsOptions) {
    this.#options = options;
  }

  /** Where the session is reached over TCP; null while it is not. */
  get http(): FrontAddress | null {
    return this.#front?.address ?? null;
  }

  /** Who is at each of the doors that are open. */
  get loads(): readonly NamedLoad[] {
    const [socket, http] = [this.#socket, this.#front];
    return [
      ...(socket === null ? [] : [{ door: 'socket' as const, ...socket.load }]),
      ...(http === null ? [] : [{ door: 'http' as const, ...http.load }]),
    ];
  }

  /** Never rejects: a session without doors is still kept up. */
  async open(keys: DoorKeys): Promise<void> {
    const control = this.#options.control();
    await this.#openSocket(control);
    this.#openFront(control, keys);
  }

  async #openSocket(port: ControlPort): Promise<void> {
    const { ControlServer } =
      require('../../http/control-server') as typeof import('../../http/control-server.ts');
    const { createLateFront } = require('./late-front') as typeof import('./late-front.ts');
    const { clock, live, warn } = this.#options;
    const late = createLateFront(() => this.#openParts());
    const server = new ControlServer({
      stateDirectory: live.current.stateDirectory,
      port,
      others: late.routes,
      onUpgrade: late.onUpgrade,
      clock,
      onProblem: (error) => {
        warn(`control socket: ${error.message}`);
      },
    });
    this.#socket = server;
    try {
      await server.listen();
    } catch (error) {
      this.#socket = null;
      warn(
        `the control socket cannot be opened, vigil's verbs will not reach this session: ${(error as Error).message}`,
      );
    }
  }

  #openFront(control: ControlPort, keys: DoorKeys): void {
    const { clock, live, journal, warn } = this.#options;
    const { stateDirectory, control: wanted } = live.current;
    if (wanted.http === null) return;
    const { HttpFront } = require('./http-front') as typeof import('./http-front.ts');
    this.#front = new HttpFront({
      ...keys,
      clock,
      control,
      warn,
      options: { stateDirectory, http: wanted.http },
      parts: this.#openParts(),
      tell: (event) => {
        journal.tell(event);
      },
    });
    this.#front.open();
  }

  #openParts(): readonly FrontPart[] {
    return (this.#parts ??= this.#options.frontParts());
  }

  #closeParts(): void {
    for (const part of this.#parts ?? []) part.close?.();
  }

  /** Leaves both to the monitor that replaces this one. */
  giveUp(): void {
    this.#closeParts();
    this.#socket?.giveUpPath();
    void this.#front?.close();
  }

  async close(): Promise<void> {
    this.#closeParts();
    await Promise.all([this.#socket?.close(), this.#front?.close()]);
  }
}
