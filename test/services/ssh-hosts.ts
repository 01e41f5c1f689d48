import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '../support/wait-until.ts';

const SSHD = '/usr/sbin/sshd';

/** Whether hosts can be made here: by root, with network namespaces and a server of ssh. */
export const CAN_MAKE_HOSTS = canMakeHosts();

/** A machine of its own as far as the network goes: a namespace with an address, and a server of ssh in it. */
export interface SshHost {
  readonly name: string;
  readonly address: string;
  /** What `~` is there. */
  readonly home: string;
  /** What the host has in the place of `application`. */
  readonly files: string;
  /** Takes it off the network, without a word to anybody. */
  cut(): void;
  restore(): void;
  /** Runs a program there. */
  run(...command: string[]): string;
  /** Another key from now on, as after the machine was set up anew. */
  changeKey(): Promise<void>;
}

export interface SshNetwork {
  readonly hosts: readonly SshHost[];
  /** Of this machine on the same network: hosts reach it by that. */
  readonly address: string;
  readonly directory: string;
  /** A directory in which this machine and each host have files of their own. */
  readonly application: string;
  /** For the ssh client: where the hosts, the key and the known hosts are. */
  readonly params: readonly string[];
  end(): Promise<void>;
}

/** Makes a network with hosts that this user can reach by ssh. */
export async function makeSshNetwork(count: number): Promise<SshNetwork> {
  const directory = await mkdtemp(join(tmpdir(), 'vigil-hosts-'));
  const network = new Network(directory);
  try {
    await network.make(count);
  } catch (error) {
    await network.end();
    throw error;
  }
  return network;
}

class Network implements SshNetwork {
  readonly directory: string;
  readonly hosts: Host[] = [];
  readonly address: string;
  readonly params: readonly string[];
  readonly application: string;
  readonly #suffix = randomInt(0x1000, 0xffff).toString(16);
  readonly #prefix = `10.${String(randomInt(100, 250))}.${String(randomInt(1, 250))}`;

  constructor(directory: string) {
    this.directory = directory;
    this.address = `${this.#prefix}.1`;
    this.params = ['-F', join(directory, 'config')];
    this.application = join(directory, 'app');
  }

  async make(count: number): Promise<void> {
    // The server of ssh insists on it.
    mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    const bridge = `vgb${this.#suffix}`;
    ip('link', 'add', bridge, 'type', 'bridge');
    ip('addr', 'add', `${this.address}/24`, 'dev', bridge);
    ip('link', 'set', bridge, 'up');
    makeKey(join(this.directory, 'id'));
    await mkdir(this.application);
    for (let index = 1; index <= count; index++) {
      const host = new Host({
        name: `vigil-web${String(index)}`,
        address: `${this.#prefix}.${String(index + 1)}`,
        directory: join(this.directory, `web${String(index)}`),
        application: this.application,
        key: join(this.directory, 'id.pub'),
        bridge,
        suffix: `${this.#suffix}${String(index)}`,
      });
      this.hosts.push(host);
      await host.start();
    }
    await this.#writeClientFiles();
  }

  async #writeClientFiles(): Promise<void> {
    const known = join(this.directory, 'known_hosts');
    const lines = this.hosts.map(({ name, publicKey }) => `${name} ${publicKey}`);
    await writeFile(known, `${lines.join('\n')}\n`);
    const blocks = this.hosts.map(
      ({ name, address }) => `Host ${name}\n  HostName ${address}\n  HostKeyAlias ${name}\n`,
    );
    const shared = `Host *\n  User root\n  IdentityFile ${join(this.directory, 'id')}\n  IdentitiesOnly yes\n  UserKnownHostsFile ${known}\n  GlobalKnownHostsFile /dev/null\n`;
    await writeFile(join(this.directory, 'config'), `${blocks.join('')}${shared}`);
  }

  async end(): Promise<void> {
    for (const host of this.hosts) await host.end();
    spawnSync('ip', ['link', 'del', `vgb${this.#suffix}`]);
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

interface HostParts {
  readonly name: string;
  readonly address: string;
  readonly directory: string;
  readonly application: string;
  /** Who may come in. */
  readonly key: string;
  readonly bridge: string;
  readonly suffix: string;
}

class Host implements SshHost {
  readonly name: string;
  readonly address: string;
  readonly home: string;
  readonly files: string;
  publicKey = '';
  readonly #parts: HostParts;
  readonly #namespace: string;
  readonly #link: string;
  #sshd: ChildProcess | null = null;
  #log = '';

  constructor(parts: HostParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.address = parts.address;
    this.home = join(parts.directory, 'home');
    this.files = join(parts.directory, 'app');
    this.#namespace = `vgn${parts.suffix}`;
    this.#link = `vgl${parts.suffix}`;
  }

  async start(): Promise<void> {
    const { bridge, address, directory, key } = this.#parts;
    await mkdir(this.home, { recursive: true });
    await mkdir(this.files);
    ip('netns', 'add', this.#namespace);
    ip('link', 'add', this.#link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', this.#namespace);
    ip('link', 'set', this.#link, 'master', bridge, 'up');
    ip('-n', this.#namespace, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
    ip('-n', this.#namespace, 'link', 'set', 'eth0', 'up');
    ip('-n', this.#namespace, 'link', 'set', 'lo', 'up');
    await writeFile(join(directory, 'authorized_keys'), await readFile(key));
    makeKey(join(directory, 'host_key'));
    await this.#serve();
  }

  cut(): void {
    ip('link', 'set', this.#link, 'down');
  }

  restore(): void {
    ip('link', 'set', this.#link, 'up');
  }

  run(...command: string[]): string {
    const { stdout } = spawnSync('ip', ['netns', 'exec', this.#namespace, ...command], {
      encoding: 'utf8',
    });
    return stdout;
  }

  async changeKey(): Promise<void> {
    const { directory } = this.#parts;
    await rm(join(directory, 'host_key'));
    await rm(join(directory, 'host_key.pub'));
    makeKey(join(directory, 'host_key'));
    await this.#stop();
    await this.#serve();
  }

  async end(): Promise<void> {
    await this.#stop();
    // Sessions over a link that was cut know nothing of its end.
    const { stdout } = spawnSync('ip', ['netns', 'pids', this.#namespace], { encoding: 'utf8' });
    for (const pid of stdout.split('\n').filter(Boolean)) killIfThere(Number(pid));
    spawnSync('ip', ['netns', 'del', this.#namespace]);
    spawnSync('ip', ['link', 'del', this.#link]);
  }

  async #serve(): Promise<void> {
    const { directory, address } = this.#parts;
    const config = join(directory, 'sshd_config');
    const lines = [
      `ListenAddress ${address}`,
      `HostKey ${join(directory, 'host_key')}`,
      `AuthorizedKeysFile ${join(directory, 'authorized_keys')}`,
      'PermitRootLogin yes',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'UsePAM no',
      'StrictModes no',
      'PidFile none',
      // A machine has a home of its own.
      `SetEnv HOME=${this.home}`,
    ];
    await writeFile(config, `${lines.join('\n')}\n`);
    const { application } = this.#parts;
    const program = 'mount --bind "$1" "$2" && exec "$3" -D -e -f "$4"';
    const shell = ['sh', '-c', program, 'sh', this.files, application, SSHD, config];
    this.#sshd = spawn('ip', ['netns', 'exec', this.#namespace, 'unshare', '-m', ...shell], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#sshd.stderr?.on('data', (chunk: Buffer) => {
      this.#log = `${this.#log}${chunk.toString()}`.slice(-10_000);
    });
    const text = await readFile(join(directory, 'host_key.pub'), 'utf8');
    this.publicKey = text.split(' ').slice(0, 2).join(' ');
    await waitUntil(
      () => answers(address),
      () => `the server of ssh does not answer:\n${this.#log}`,
    );
  }

  async #stop(): Promise<void> {
    const sshd = this.#sshd;
    this.#sshd = null;
    if (sshd === null || sshd.exitCode !== null) return;
    const gone = new Promise((resolve) => sshd.once('exit', resolve));
    sshd.kill('SIGTERM');
    await gone;
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

function answers(address: string): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect(22, address);
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(undefined);
    });
  });
}

function makeKey(file: string): void {
  const { status, stderr } = spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
  if (status !== 0) throw new Error(`ssh-keygen: ${stderr.toString()}`);
}

function ip(...args: string[]): void {
  const { status, stderr } = spawnSync('ip', args);
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr.toString()}`);
}

function canMakeHosts(): boolean {
  if (process.getuid?.() !== 0 || !existsSync(SSHD)) return false;
  const name = `vgt${randomInt(0x1000, 0xffff).toString(16)}`;
  const { status } = spawnSync('ip', ['netns', 'add', name]);
  if (status === 0) spawnSync('ip', ['netns', 'del', name]);
  return status === 0;
}
