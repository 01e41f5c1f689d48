import type { ControlPort } from '../../http/control-port.ts';
import type { ControlRoute } from '../../http/control-route.ts';
import { createControlRoutes } from '../../http/control-routes.ts';
import { type FrontAddress, FrontServer } from '../../http/front-server.ts';
import type { DoorLoad, UpgradeHandler } from '../../http/http-door.ts';
import { isLoopback } from '../../http/loopback.ts';
import type { Clock } from '../../util/clock.ts';
import type { ResolvedSessionOptions } from '../options.ts';
import type { SessionEventBody } from '../session-event.ts';
import { removeKeyFile, writeKeyFile } from './key-file.ts';

/** What another part of the monitor answers over TCP, beside the routes of the control socket. */
export interface FrontPart {
  readonly routes: readonly ControlRoute[];
  /** Takes the WebSockets of `/live`, once they are let in. One part may have it. */
  readonly onUpgrade?: UpgradeHandler;
  /** Lets go of whoever it serves, before the doors are closed. */
  close?(): void;
}

export interface HttpFrontOptions {
  readonly clock: Clock;
  readonly options: Pick<ResolvedSessionOptions, 'stateDirectory'> & {
    readonly http: NonNullable<ResolvedSessionOptions['control']['http']>;
  };
  readonly sessionKey: string;
  readonly control: ControlPort;
  readonly parts: readonly FrontPart[];
  /** Waits for the port: the monitor that was replaced closes it in this moment. */
  readonly isTakenOver: boolean;
  readonly tell: (event: SessionEventBody) => void;
  readonly warn: (text: string) => void;
}

/** How long the monitor that was replaced may take to close its port. */
const TAKE_OVER_PATIENCE_MS = 30_000;

/** The door of the session over TCP, as `control.http` asks for it. A port that cannot be had ends nothing. */
export class HttpFront {
  readonly #options: HttpFrontOptions;
  readonly #server: FrontServer;
  readonly #ended = new AbortController();
  #address: FrontAddress | null = null;
  #opened: Promise<void> = Promise.resolve();

  constructor(options: HttpFrontOptions) {
    this.#options = options;
    const { clock, control, parts, sessionKey, warn } = options;
    const { http } = options.options;
    const onUpgrade = parts.find((part) => part.onUpgrade !== undefined)?.onUpgrade;
    this.#server = new FrontServer({
      port: http.port,
      host: http.host,
      isReadOnly: http.readOnly,
      sessionKey,
      clock,
      routes: () =>
        createControlRoutes(
          control,
          parts.flatMap((part) => part.routes),
        ),
      ...(onUpgrade === undefined ? {} : { onUpgrade }),
      onGuessing: (address) => {
        warn(`control.http: too many wrong session keys from ${address}: it has to wait`);
      },
      onProblem: (error) => {
        warn(`control.http: ${error.message}`);
      },
    });
  }

  /** Where it listens; null while it does not. */
  get address(): FrontAddress | null {
    return this.#address;
  }

  get load(): DoorLoad {
    return this.#server.load;
  }

  open(): void {
    this.#opened = this.#open().catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      if (!this.#ended.signal.aborted) this.#options.tell({ type: 'control.failed', reason });
    });
  }

  async #open(): Promise<void> {
    const { options, sessionKey, isTakenOver, tell, warn } = this.#options;
    const keyFile = await writeKeyFile(options.stateDirectory, sessionKey).catch(
      (error: unknown) => {
        warn(`the session key cannot be written down: ${(error as Error).message}`);
        return null;
      },
    );
    const forMs = isTakenOver ? TAKE_OVER_PATIENCE_MS : 0;
    const address = await this.#server.listen({ forMs, signal: this.#ended.signal });
    this.#address = address;
    tell({ type: 'control.opened', ...address, keyFile });
    if (isLoopback(address.host)) return;
    warn(
      `control.http listens on ${address.host}, without TLS: whoever sees the network's traffic sees the session key; ` +
        'keep control.http.host at 127.0.0.1 behind a proxy with TLS or an SSH tunnel',
    );
  }

  async close(): Promise<void> {
    this.#ended.abort();
    await Promise.all([this.#opened, this.#server.close()]);
    this.#address = null;
    removeKeyFile(this.#options.options.stateDirectory, this.#options.sessionKey);
  }
}
