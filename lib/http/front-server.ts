import type { AddressInfo } from 'node:net';
import { isIPv6 } from 'node:net';
import { VigilError } from '../errors.ts';
import { type Clock, waitFor } from '../util/clock.ts';
import type { ControlRoute } from './control-route.ts';
import { createFrontGate, type FrontWording, SESSION_WORDING } from './front-gate.ts';
import { type ControlLimits, type DoorLoad, HttpDoor, type UpgradeHandler } from './http-door.ts';
import { LIVE_PATH, NO_UPGRADE } from './live-path.ts';
import { sendRawRefusal } from './refusal.ts';
import { readPath } from './request-target.ts';

export interface FrontServerOptions {
  /** 0: any free one. */
  readonly port: number;
  /** The name or address to listen on. */
  readonly host: string;
  /** Whether what only reads is open without the key. */
  readonly isReadOnly: boolean;
  readonly sessionKey: string;
  /** Asked for at the first connection; those of the unix socket alone are left out. */
  readonly routes: () => readonly ControlRoute[];
  /** What it is called in messages; default that of a session. */
  readonly wording?: FrontWording;
  /** Which paths may end with a stroke, beside `/` itself; default none. */
  readonly isFolder?: (path: string) => boolean;
  /** Which paths are upgraded; default `/live` alone. */
  readonly isLivePath?: (path: string) => boolean;
  /** Takes WebSockets of these, once they are let in; its answer must not name the protocol with the key. */
  readonly onUpgrade?: UpgradeHandler;
  /** Told of an address that has shown too many wrong keys; once a minute at the most. */
  readonly onGuessing?: (address: string) => void;
  readonly clock: Clock;
  readonly limits?: Partial<ControlLimits>;
  /** Told of what went wrong apart from any request; nothing has to be done. */
  readonly onProblem?: (error: Error) => void;
}

/** Where the control API is reached over TCP. */
export interface FrontAddress {
  /** As it was configured. */
  readonly host: string;
  /** The true one, also where any was asked for. */
  readonly port: number;
  /** Where a browser on this machine finds it. */
  readonly url: string;
}

/** Tries to have the port for so long, while the one who holds it lets go of it. */
export interface ListenPatience {
  readonly forMs: number;
  readonly signal: AbortSignal;
}

const TRY_EVERY_MS = 100;

/** Peers that vanished without a word are found out in the end. */
const QUIET_MS = 30_000;

/** Answers the control API over TCP, to those who have the session key. */
export class FrontServer {
  readonly #options: FrontServerOptions;
  readonly #door: HttpDoor;

  constructor(options: FrontServerOptions) {
    this.#options = options;
    const gate = createFrontGate(options);
    const { onUpgrade, isLivePath = (path) => path === LIVE_PATH } = options;
    this.#door = new HttpDoor({
      ...options,
      gate,
      routes: () => options.routes().filter((route) => route.isSocketOnly !== true),
      onUpgrade: (request, socket, head) => {
        const isLive = onUpgrade !== undefined && isLivePath(readPath(request.url ?? ''));
        const refusal =
          gate.inspect(request) ?? (isLive ? gate.authorizeUpgrade(request) : NO_UPGRADE);
        if (refusal !== null) sendRawRefusal(socket, refusal);
        else onUpgrade?.(request, socket, head);
      },
    });
    this.#door.server.on('connection', (socket) => socket.setKeepAlive(true, QUIET_MS));
  }

  get load(): DoorLoad {
    return this.#door.load;
  }

  /** @throws ERR_CONTROL_PORT when the port cannot be had */
  async listen(patience?: ListenPatience): Promise<FrontAddress> {
    const { clock, onProblem } = this.#options;
    const until = clock.now() + (patience?.forMs ?? 0);
    for (;;) {
      try {
        await this.#tryToListen();
        break;
      } catch (cause) {
        const isTaken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
        const mayWait = isTaken && clock.now() < until && patience?.signal.aborted !== true;
        if (!mayWait) throw this.#describeFailure(cause as Error);
        await waitFor(clock, TRY_EVERY_MS, patience?.signal);
      }
    }
    const { server } = this.#door;
    server.on('error', (error) => onProblem?.(error));
    return this.#describe(server.address() as AddressInfo);
  }

  /** Stops listening and lets answers under way go out for a moment. The same promise each time. */
  close(): Promise<void> {
    return this.#door.close();
  }

  #tryToListen(): Promise<void> {
    const { server } = this.#door;
    const { port, host } = this.#options;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, host, exclusive: true }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  }

  #describe({ address, port }: AddressInfo): FrontAddress {
    const reachable = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
    const name = isIPv6(reachable) ? `[${reachable}]` : reachable;
    return { host: this.#options.host, port, url: `http://${name}:${String(port)}` };
  }

  #describeFailure(cause: Error): VigilError {
    const { host, port, wording = SESSION_WORDING } = this.#options;
    const text = `${wording.server} cannot listen on port ${String(port)} of ${host}: ${cause.message}`;
    return new VigilError('ERR_CONTROL_PORT', text, { cause });
  }
}
