import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface CaughtMail {
  readonly to: readonly string[];
  /** As it came over the wire. */
  readonly source: string;
}

/** A real SMTP server on loopback that keeps what it accepts. */
export class MailCatcher {
  readonly caught: CaughtMail[] = [];
  readonly transport: string;
  readonly #server: SMTPServer;

  private constructor(server: SMTPServer, caught: CaughtMail[], port: number) {
    this.#server = server;
    this.caught = caught;
    this.transport = `smtp://127.0.0.1:${port}`;
  }

  static async listen(options: SMTPServerOptions = {}, port = 0): Promise<MailCatcher> {
    const caught: CaughtMail[] = [];
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      disableReverseLookup: true,
      logger: false,
      onData(stream, session, callback) {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const to = session.envelope.rcptTo.map(({ address }) => address);
          caught.push({ to, source: Buffer.concat(chunks).toString() });
          callback(null);
        });
      },
      ...options,
    });
    server.on('error', () => undefined);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return new MailCatcher(server, caught, (server.server.address() as AddressInfo).port);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(resolve);
      // It waits for its clients; those that hang would keep it for ever.
      for (const connection of this.#server.connections) connection.close();
    });
  }
}

/** An error with which smtp-server answers in the server's words. */
export function smtpError(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** A server that accepts connections and then does as it is told, which may be nothing. */
export class RawServer {
  readonly transport: string;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  private constructor(server: Server, sockets: Set<Socket>) {
    this.#server = server;
    this.#sockets = sockets;
    this.transport = `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async listen(onConnection: (socket: Socket) => void): Promise<RawServer> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      onConnection(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new RawServer(server, sockets);
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) =>
      this.#server.close(() => {
        resolve();
      }),
    );
  }
}
