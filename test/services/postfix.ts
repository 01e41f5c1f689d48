import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { waitUntil } from '../support/wait-until.ts';

const PROGRAM = '/usr/sbin/postfix';
const run = promisify(execFile);

/** Whether this machine can run a Postfix of ours: the program is there, and we may start it. */
export const HAS_POSTFIX = existsSync(PROGRAM) && process.getuid?.() === 0;

export interface PostfixOptions {
  /** The port on loopback to which it hands every mail. */
  readonly relayPort: number;
  /** Folder with `key.pem` and `cert.pem`, for STARTTLS. */
  readonly certificate: string;
}

/** A Postfix with a configuration, a queue and a port of its own; the machine's own one is not touched. */
export class Postfix {
  readonly port: number;
  readonly #folder: string;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.port = port;
  }

  static async start(options: PostfixOptions): Promise<Postfix> {
    const folder = await mkdtemp(join(tmpdir(), 'postfix-'));
    await chmod(folder, 0o755);
    const port = await findFreePort();
    await writeConfiguration(folder, port, options);
    const postfix = new Postfix(folder, port);
    await run(PROGRAM, ['-c', join(folder, 'etc'), 'start']).catch(async (error: unknown) => {
      throw new Error(`${String(error)}\n${await postfix.log()}`, { cause: error });
    });
    await waitUntil(
      async () => ((await postfix.log()).includes('daemon started') ? true : undefined),
      () => 'postfix did not start',
    );
    return postfix;
  }

  log(): Promise<string> {
    return readFile(join(this.#folder, 'log'), 'utf8').catch(() => '');
  }

  /** Ends all of its processes. */
  async stop(): Promise<void> {
    await run(PROGRAM, ['-c', join(this.#folder, 'etc'), 'stop']);
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function writeConfiguration(
  folder: string,
  port: number,
  { relayPort, certificate }: PostfixOptions,
): Promise<void> {
  const etc = join(folder, 'etc');
  await mkdir(etc, { mode: 0o755 });
  await mkdir(join(folder, 'queue'), { mode: 0o755 });
  await mkdir(join(folder, 'data'), { mode: 0o700 });
  await run('chown', ['postfix', join(folder, 'data')]);
  const main = {
    compatibility_level: '3.6',
    queue_directory: join(folder, 'queue'),
    data_directory: join(folder, 'data'),
    maillog_file: join(folder, 'log'),
    maillog_file_prefixes: folder,
    myhostname: 'mta.shop.example',
    mydestination: '',
    inet_protocols: 'ipv4',
    mynetworks: '127.0.0.0/8',
    smtpd_relay_restrictions: 'permit_mynetworks, reject',
    relayhost: `[127.0.0.1]:${String(relayPort)}`,
    smtp_host_lookup: 'native',
    smtp_dns_support_level: 'disabled',
    smtpd_tls_security_level: 'may',
    smtpd_tls_received_header: 'yes',
    smtpd_tls_key_file: join(certificate, 'key.pem'),
    smtpd_tls_cert_file: join(certificate, 'cert.pem'),
  };
  const lines = Object.entries(main).map(([key, value]) => `${key} = ${value}\n`);
  await writeFile(join(etc, 'main.cf'), lines.join(''));
  await writeFile(join(etc, 'master.cf'), services(port));
}

// What takes a mail, queues it and hands it on; nothing that delivers on this machine.
function services(port: number): string {
  const rows = [
    `127.0.0.1:${String(port)} inet n - n - - smtpd`,
    'cleanup unix n - n - 0 cleanup',
    'qmgr unix n - n 300 1 qmgr',
    'tlsmgr unix - - n 1000? 1 tlsmgr',
    'rewrite unix - - n - - trivial-rewrite',
    'bounce unix - - n - 0 bounce',
    'defer unix - - n - 0 bounce',
    'trace unix - - n - 0 bounce',
    'smtp unix - - n - - smtp',
    'relay unix - - n - - smtp',
    'error unix - - n - - error',
    'retry unix - - n - - error',
    'proxymap unix - - n - - proxymap',
    'anvil unix - - n - 1 anvil',
    'scache unix - - n - 1 scache',
    'postlog unix-dgram n - n - 1 postlogd',
  ];
  return `${rows.join('\n')}\n`;
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
