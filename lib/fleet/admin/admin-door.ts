import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { VigilError } from '../../errors.ts';
import { listenAt } from '../../http/listen-at.ts';

export interface AdminDoorSettings {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Null: no TLS. Texts in PEM. */
  readonly tls: { readonly key: string | Buffer; readonly cert: string | Buffer } | null;
  /** Somebody has connected, after the handshake of TLS where there is one. */
  onSocket(socket: Socket): void;
}

// A door with thousands before it stays passable: the kernel keeps those that cannot be let in at once.
const MOST_SOCKETS = 12_000;
const HANDSHAKE_MS = 10_000;
/** How many may be in the handshake of TLS; the one that has taken longest makes room. */
const MOST_HANDSHAKES = 256;

/** Where servers and clients of a fleet connect. */
export class AdminDoor {
  readonly #settings: AdminDoorSettings;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** By the other end, in the order they came. */
  readonly #handshakes = new Map<string, Socket>();

  /** @throws ERR_FLEET_PORT when key or certificate are none */
  constructor(settings: AdminDoorSettings) {
    this.#settings = settings;
    this.#server = createDoor(settings.tls, (socket) => {
      this.#handshakes.delete(nameOf(socket));
      settings.onSocket(socket);
    });
    this.#server.maxConnections = MOST_SOCKETS;
    this.#server.on('connection', (socket) => {
      this.#watch(socket);
    });
  }

  /**
   * @returns the port
   * @throws ERR_FLEET_PORT when it cannot be had
   */
  async open(): Promise<number> {
    const { host, port } = this.#settings;
    try {
      return await listenAt(this.#server, host, port);
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code ?? '';
      const why = code === 'EADDRINUSE' ? 'another process has it' : (cause as Error).message;
      const text = `the master cannot listen on ${host} port ${String(port)}: ${why}`;
      throw new VigilError('ERR_FLEET_PORT', text, { cause });
    }
  }

  /** Lets nobody in any more; resolves when everybody has left. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  /** Whoever is still there has to leave. */
  clear(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #watch(socket: Socket): void {
    const name = nameOf(socket);
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      if (this.#handshakes.get(name) === socket) this.#handshakes.delete(name);
    });
    // One that fails before it is let in has nobody to tell.
    socket.on('error', () => undefined);
    if (this.#settings.tls === null) return;
    this.#handshakes.set(name, socket);
    if (this.#handshakes.size <= MOST_HANDSHAKES) return;
    const [oldest] = this.#handshakes.values();
    oldest?.destroy();
  }
}

function nameOf({ remoteAddress = '', remotePort = 0 }: Socket): string {
  return `${remoteAddress} ${String(remotePort)}`;
}

function createDoor(
  tls: AdminDoorSettings['tls'],
  onSocket: AdminDoorSettings['onSocket'],
): Server {
  if (tls === null) return createServer({ allowHalfOpen: true }, onSocket);
  try {
    const server = createTlsServer({ ...tls, handshakeTimeout: HANDSHAKE_MS }, onSocket);
    return server.on('tlsClientError', () => undefined);
  } catch (cause) {
    const text = `the key and certificate of the master cannot be used: ${(cause as Error).message}`;
    throw new VigilError('ERR_FLEET_PORT', text, { cause });
  }
}
