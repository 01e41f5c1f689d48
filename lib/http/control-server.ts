import { VigilError } from '../errors.ts';
import type { Clock } from '../util/clock.ts';
import type { ControlPort } from './control-port.ts';
import type { ControlRoute } from './control-route.ts';
import { createControlRoutes } from './control-routes.ts';
import { prepareControlSocketPath, resolveControlSocketPath } from './control-socket-path.ts';
import { type ControlLimits, type DoorLoad, HttpDoor, type UpgradeHandler } from './http-door.ts';
import { acceptLiveOnly } from './live-path.ts';
import type { SocketBinding } from './socket-binding.ts';
import { bindSocket, isAnswered } from './socket-binding.ts';

export interface ControlServerOptions {
  readonly stateDirectory: string;
  readonly port: ControlPort;
  /** Further routes, beside those of the port. */
  readonly others?: readonly ControlRoute[];
  /** Takes WebSockets of `/live`. */
  readonly onUpgrade?: UpgradeHandler;
  readonly clock: Clock;
  readonly limits?: Partial<ControlLimits>;
  /** Told of what went wrong apart from any request; nothing has to be done. */
  readonly onProblem?: (error: Error) => void;
}

/** Answers the control API of a session on its unix socket, to this user alone. */
export class ControlServer {
  readonly #options: ControlServerOptions;
  readonly #door: HttpDoor;
  #binding: SocketBinding | undefined;

  constructor(options: ControlServerOptions) {
    this.#options = options;
    const { port, others, onUpgrade, ...rest } = options;
    this.#door = new HttpDoor({
      ...rest,
      routes: () => createControlRoutes(port, others),
      ...(onUpgrade === undefined ? {} : { onUpgrade: acceptLiveOnly(onUpgrade) }),
    });
  }

  /** Where it listens; undefined before it does. */
  get path(): string | undefined {
    return this.#binding?.path;
  }

  get load(): DoorLoad {
    return this.#door.load;
  }

  /**
   * Starts to listen; the socket of a monitor that is gone is replaced.
   *
   * @returns the path of the socket
   * @throws ERR_SESSION_RUNNING when another monitor answers there
   * @throws ERR_STATE_DIRECTORY when the socket or its folder cannot be made
   */
  async listen(): Promise<string> {
    const { stateDirectory } = this.#options;
    const former = resolveControlSocketPath(stateDirectory);
    if (await isAnswered(former)) {
      throw new VigilError(
        'ERR_SESSION_RUNNING',
        `another monitor already runs this session; it answers at ${former}`,
      );
    }
    const { server } = this.#door;
    this.#binding = await bindSocket(server, prepareControlSocketPath(stateDirectory));
    server.on('error', (error) => this.#options.onProblem?.(error));
    return this.#binding.path;
  }

  /** Leaves the path to another monitor; whoever is connected is still answered. */
  giveUpPath(): void {
    this.#binding?.release();
    // The file that is there later is another's, even if it has got the same number.
    this.#binding = undefined;
  }

  /** Stops listening, lets answers under way go out for a moment, removes the socket. The same promise each time. */
  close(): Promise<void> {
    this.giveUpPath();
    return this.#door.close();
  }
}
