// Brokers of others, each with a port and directories of its own. They bear the mark of the run, which ends whatever
// is left of them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../support/free-port.mjs';
import { pause } from '../support/pause.mjs';

const RABBIT = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;

/** One node of RabbitMQ on loopback; `use` gets its URL. */
export async function useRabbit(mark, use) {
  return useDirectory(async (directory) => {
    const [epmdPort, port, distPort] = [
      await findFreePort(),
      await findFreePort(),
      await findFreePort(),
    ];
    await writeFile(join(directory, 'enabled_plugins'), '[].\n');
    await writeFile(join(directory, 'rabbit.conf'), 'loopback_users.guest = true\n');
    const env = {
      ...{ PATH: process.env.PATH, LANG: 'C.UTF-8', HOME: directory, [mark.name]: mark.value },
      ERL_EPMD_PORT: String(epmdPort),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      RABBITMQ_NODENAME: `bench-${process.pid}@localhost`,
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
      RABBITMQ_NODE_PORT: String(port),
      RABBITMQ_DIST_PORT: String(distPort),
      RABBITMQ_MNESIA_BASE: join(directory, 'mnesia'),
      RABBITMQ_LOG_BASE: join(directory, 'log'),
      RABBITMQ_PID_FILE: join(directory, 'pid'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'enabled_plugins'),
      RABBITMQ_CONFIG_FILE: join(directory, 'rabbit.conf'),
      RABBITMQ_ADVANCED_CONFIG_FILE: join(directory, 'advanced.config'),
      RABBITMQ_CONF_ENV_FILE: join(directory, 'none.conf'),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    };
    const names = ['-port', String(epmdPort), '-address', '127.0.0.1'];
    return useProcess(['epmd', names, { env }], epmdPort, () =>
      useProcess([RABBIT, [], { env, detached: true }], port, () =>
        use(`amqp://guest:guest@127.0.0.1:${port}`),
      ),
    );
  });
}

/** A server of Redis; `use` gets its port. @param options.everyWrite - synced to disk, each of them */
export async function useRedis(mark, { everyWrite = false }, use) {
  return useDirectory(async (directory) => {
    const port = await findFreePort();
    const env = { ...process.env, [mark.name]: mark.value };
    const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory];
    const keeps = everyWrite ? ['--appendonly', 'yes', '--appendfsync', 'always'] : [];
    return useProcess(['redis-server', [...place, ...keeps], { env }], port, () => use(port));
  });
}

async function useDirectory(use) {
  const directory = await mkdtemp(join(tmpdir(), 'vigil-bench-broker-'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

async function useProcess([command, args, options], port, use) {
  const child = spawn(command, args, { ...options, stdio: 'ignore' });
  const failed = once(child, 'error').then(([error]) => Promise.reject(error));
  failed.catch(() => undefined);
  try {
    await Promise.race([failed, awaitPort(port, command)]);
    return await use();
  } finally {
    await end(child, options.detached === true);
  }
}

async function end(child, isGroup) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  process.kill(isGroup ? -child.pid : child.pid, 'SIGKILL');
  await exited;
}

async function awaitPort(port, command) {
  for (const until = performance.now() + WITHIN_MS; performance.now() < until;) {
    if (await answers(port)) return;
    await pause(LOOK_EVERY_MS);
  }
  throw new Error(`${command} did not listen on its port`);
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
