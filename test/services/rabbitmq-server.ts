import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { waitUntil } from '../support/wait-until.ts';

const PROGRAMS = '/usr/lib/rabbitmq/bin';
const START_MS = 60_000;

/** One node on loopback, with directories, ports and an epmd of its own. */
export interface RabbitNode {
  readonly port: number;
  /** `host:port`. */
  readonly host: string;
  readonly log: () => string;
  /** Ends it without a word. */
  kill(): Promise<void>;
  /** Ends it in order: a node that was killed may not know a queue that is some seconds old. */
  stop(): Promise<void>;
  /** Stops its time; `false` lets it go on. */
  freeze(isFrozen: boolean): void;
  /** The same node once more, with what it had on disk. */
  restart(): Promise<void>;
  /** Runs `rabbitmqctl` against it. */
  control(...args: string[]): string;
  /** The same, while everything else goes on. */
  ask(...args: string[]): Promise<string>;
}

export interface RabbitCluster {
  readonly nodes: readonly RabbitNode[];
  /** For a broker: all nodes. */
  readonly url: string;
  end(): Promise<void>;
}

/**
 * Starts nodes that form one cluster.
 *
 * @param consumerTimeoutMs - how long a delivery may be unsettled; it is looked at twice a second
 */
export async function startRabbit(
  count = 1,
  consumerTimeoutMs = 1_800_000,
): Promise<RabbitCluster> {
  const directory = await mkdtemp(join(tmpdir(), 'vigil-rabbit-'));
  await writeFile(join(directory, 'enabled_plugins'), '[].\n');
  // A stranger is not to log in, nor to wait for a name server.
  await writeFile(join(directory, 'rabbit.conf'), 'loopback_users.guest = true\n');
  const timing = `{consumer_timeout, ${String(consumerTimeoutMs)}}, {channel_tick_interval, 500}`;
  await writeFile(join(directory, 'advanced.config'), `[{rabbit, [${timing}]}].\n`);
  const epmdPort = await findFreePort();
  const epmd = spawn('epmd', ['-port', String(epmdPort), '-address', '127.0.0.1'], {
    stdio: 'ignore',
  });
  await waitUntil(
    () => canConnect(epmdPort),
    () => 'epmd does not answer',
  );
  const nodes: Node[] = [];
  const end = async (): Promise<void> => {
    for (const node of nodes) await node.kill();
    await endProcess(epmd);
    await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    for (let index = 0; index < count; index++) {
      const node = new Node(directory, `v${String(index)}-${String(process.pid)}`, epmdPort);
      nodes.push(node);
      await node.start();
      if (index > 0) node.join(nodes[0]);
    }
  } catch (error) {
    await end();
    throw error;
  }
  return { nodes, url: `amqp://${nodes.map(({ host }) => host).join(',')}`, end };
}

class Node implements RabbitNode {
  port = 0;
  readonly #directory: string;
  readonly #root: string;
  readonly #name: string;
  readonly #epmdPort: number;
  #distPort = 0;
  #child: ChildProcess | null = null;
  #output = '';

  constructor(root: string, name: string, epmdPort: number) {
    this.#root = root;
    this.#name = `${name}@localhost`;
    this.#directory = join(root, name);
    this.#epmdPort = epmdPort;
  }

  get host(): string {
    return `127.0.0.1:${String(this.port)}`;
  }

  log(): string {
    return this.#output;
  }

  async start(): Promise<void> {
    if (this.port === 0) {
      this.port = await findFreePort();
      this.#distPort = await findFreePort();
    }
    await mkdir(join(this.#directory, 'log'), { recursive: true });
    const child = spawn(join(PROGRAMS, 'rabbitmq-server'), [], {
      env: this.#environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child = child;
    this.#output = '';
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`RabbitMQ did not start:\n${this.#output}`));
      }, START_MS);
      const look = (chunk: Buffer): void => {
        this.#output = `${this.#output}${chunk.toString()}`.slice(-20_000);
        if (!/completed with \d+ plugins/.test(this.#output)) return;
        clearTimeout(timer);
        resolve();
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      child.once('exit', () => {
        clearTimeout(timer);
        reject(new Error(`RabbitMQ ended:\n${this.#output}`));
      });
    });
  }

  restart(): Promise<void> {
    return this.start();
  }

  async stop(): Promise<void> {
    await this.ask('stop');
    await this.kill();
  }

  freeze(isFrozen: boolean): void {
    const pid = this.#child?.pid;
    if (pid !== undefined) process.kill(-pid, isFrozen ? 'SIGSTOP' : 'SIGCONT');
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child !== null) await endProcess(child);
  }

  join(first: Node | undefined): void {
    this.control('stop_app');
    this.control('join_cluster', first?.nodeName ?? '');
    this.control('start_app');
  }

  get nodeName(): string {
    return this.#name;
  }

  control(...args: string[]): string {
    const { status, stdout, stderr } = spawnSync(join(PROGRAMS, 'rabbitmqctl'), args, {
      env: this.#environment(),
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`rabbitmqctl ${args.join(' ')}: ${stdout}${stderr}`);
    return stdout;
  }

  async ask(...args: string[]): Promise<string> {
    const options = { env: this.#environment() };
    return (await promisify(execFile)(join(PROGRAMS, 'rabbitmqctl'), args, options)).stdout;
  }

  #environment(): NodeJS.ProcessEnv {
    return {
      PATH: process.env['PATH'],
      LANG: 'C.UTF-8',
      HOME: this.#root,
      ERL_EPMD_PORT: String(this.#epmdPort),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      RABBITMQ_NODENAME: this.#name,
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
      RABBITMQ_NODE_PORT: String(this.port),
      RABBITMQ_DIST_PORT: String(this.#distPort),
      RABBITMQ_MNESIA_BASE: join(this.#directory, 'mnesia'),
      RABBITMQ_LOG_BASE: join(this.#directory, 'log'),
      RABBITMQ_PID_FILE: join(this.#directory, 'pid'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(this.#root, 'enabled_plugins'),
      RABBITMQ_CONFIG_FILE: join(this.#root, 'rabbit.conf'),
      RABBITMQ_ADVANCED_CONFIG_FILE: join(this.#root, 'advanced.config'),
      RABBITMQ_CONF_ENV_FILE: join(this.#root, 'none.conf'),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    };
  }
}

/** The whole group of it, as the server is a child of a shell. */
async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  const { pid } = child;
  if (pid === undefined) return;
  try {
    // Only those that were started detached lead a group.
    process.kill(-pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
  await exited;
}

// A node that finds no epmd starts one that outlives it.
function canConnect(port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => {
      resolve(undefined);
    });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
