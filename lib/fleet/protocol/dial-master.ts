import { connect, type Socket } from 'node:net';

export interface MasterAddress {
  readonly host: string;
  readonly port: number;
  /** Null: no TLS. Otherwise the certificate that the master must show, in PEM. */
  readonly certificate: string | Buffer | null;
}

export interface Dialling {
  readonly onConnected: (socket: Socket) => void;
  /** Called once at the most, and not after it has connected. */
  readonly onFailed: (error: Error) => void;
}

/**
 * Connects to a master. With TLS nothing is sent before it has shown the very certificate that is expected: names and
 * authorities do not matter then.
 *
 * @returns what gives it up
 */
export function dialMaster(
  address: MasterAddress,
  { onConnected, onFailed }: Dialling,
): () => void {
  const { host, port, certificate } = address;
  let socket: Socket;
  try {
    socket = certificate === null ? connect({ host, port }) : dialSafely(address, certificate);
  } catch (error) {
    onFailed(error as Error);
    return () => undefined;
  }
  const fail = (error: Error): void => {
    socket.destroy();
    onFailed(error);
  };
  socket.on('error', fail);
  socket.once(certificate === null ? 'connect' : 'secureConnect', () => {
    if (certificate !== null && !showsCertificate(socket, certificate)) {
      fail(new Error('it shows another certificate than the one that is expected'));
      return;
    }
    // From here on its errors are those of the link.
    socket.off('error', fail).on('error', () => undefined);
    onConnected(socket);
  });
  return () => {
    socket.destroy();
  };
}

function dialSafely({ host, port }: MasterAddress, certificate: string | Buffer): Socket {
  const { X509Certificate } = loadCrypto();
  const tls = loadTls();
  // Read here, so that a file that is none is told of before anything is sent.
  return tls.connect({
    host,
    port,
    ca: new X509Certificate(certificate).toString(),
    rejectUnauthorized: false,
  });
}

function showsCertificate(socket: Socket, certificate: string | Buffer): boolean {
  const { X509Certificate } = loadCrypto();
  const { TLSSocket } = loadTls();
  if (!(socket instanceof TLSSocket)) return false;
  const shown = socket.getPeerX509Certificate()?.raw;
  return shown?.equals(new X509Certificate(certificate).raw) === true;
}

/** Both take their time at the start of every server, and few fleets want them. */
function loadTls(): typeof import('node:tls') {
  return require('node:tls') as typeof import('node:tls');
}

function loadCrypto(): typeof import('node:crypto') {
  return require('node:crypto') as typeof import('node:crypto');
}
