// Three "hosts" on this machine: each a network namespace with an address, files and a server of ssh of its own.
import { spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SSHD = '/usr/sbin/sshd';
const suffix = randomInt(0x1000, 0xffff).toString(16);
const bridge = `vxb${suffix}`;

/** What is missing here; null: nothing. */
export function whatIsMissing() {
  if (process.getuid?.() !== 0)
    return 'this example makes network namespaces: it has to run as root, on Linux';
  if (!existsSync(SSHD)) return `there is no ${SSHD}: install openssh-server`;
  if (spawnSync('ip', ['-V']).error !== undefined) return 'there is no "ip": install iproute2';
  const name = `vxt${suffix}`;
  const { status, stderr } = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' });
  if (status !== 0) return `network namespaces cannot be made here: ${stderr.trim()}`;
  spawnSync('ip', ['netns', 'del', name]);
  return null;
}

/** Makes the hosts, each with a copy of `application` of its own in the very same place. */
export async function makeHosts(names, application) {
  const directory = mkdtempSync(join(tmpdir(), 'vigil-hosts-'));
  const prefix = `10.${randomInt(100, 250)}.${randomInt(1, 250)}`;
  const address = `${prefix}.1`;
  const app = join(directory, 'app');
  const hosts = [];
  const end = async () => {
    for (const host of hosts) endHost(host);
    spawnSync('ip', ['link', 'del', bridge]);
    rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  try {
    mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    ip('link', 'add', bridge, 'type', 'bridge');
    ip('addr', 'add', `${address}/24`, 'dev', bridge);
    ip('link', 'set', bridge, 'up');
    run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(directory, 'id'));
    application(app, address, join(directory, 'ssh_config'));
    for (const [index, name] of names.entries()) {
      const host = {
        name,
        address: `${prefix}.${index + 2}`,
        namespace: `vxn${suffix}${index}`,
        link: `vxl${suffix}${index}`,
      };
      hosts.push(host);
      await startHost(host, { directory, app });
    }
    writeClientFiles(directory, hosts);
  } catch (error) {
    await end();
    throw error;
  }
  return {
    app,
    hosts,
    end,
    cut: ({ link }) => ip('link', 'set', link, 'down'),
    restore: ({ link }) => ip('link', 'set', link, 'up'),
  };
}

async function startHost(host, { directory, app }) {
  const own = join(directory, host.name);
  mkdirSync(join(own, 'home'), { recursive: true });
  cpSync(app, join(own, 'app'), { recursive: true, verbatimSymlinks: true });
  ip('netns', 'add', host.namespace);
  ip('link', 'add', host.link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', host.namespace);
  ip('link', 'set', host.link, 'master', bridge, 'up');
  ip('-n', host.namespace, 'addr', 'add', `${host.address}/24`, 'dev', 'eth0');
  ip('-n', host.namespace, 'link', 'set', 'eth0', 'up');
  ip('-n', host.namespace, 'link', 'set', 'lo', 'up');
  run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(own, 'host_key'));
  const config = join(own, 'sshd_config');
  writeFileSync(
    config,
    [
      `ListenAddress ${host.address}`,
      `HostKey ${join(own, 'host_key')}`,
      `AuthorizedKeysFile ${join(directory, 'id.pub')}`,
      'PermitRootLogin yes',
      'PasswordAuthentication no',
      'UsePAM no',
      'StrictModes no',
      'PidFile none',
      `SetEnv HOME=${join(own, 'home')}`,
    ].join('\n'),
  );
  const program = 'mount --bind "$1" "$2" && exec "$3" -D -e -f "$4"';
  const shell = ['sh', '-c', program, 'sh', join(own, 'app'), app, SSHD, config];
  host.sshd = spawn('ip', ['netns', 'exec', host.namespace, 'unshare', '-m', ...shell], {
    stdio: 'ignore',
  });
  host.key = readFileSync(join(own, 'host_key.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
  while (!(await answers(host.address))) {
    if (host.sshd.exitCode !== null) throw new Error('the server of ssh did not start');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What `ssh` has to know: the hosts, the key of the user, and the keys of the hosts. */
function writeClientFiles(directory, hosts) {
  const known = join(directory, 'known_hosts');
  writeFileSync(known, hosts.map(({ name, key }) => `${name} ${key}\n`).join(''));
  const blocks = hosts.map(
    ({ name, address }) => `Host ${name}\n  HostName ${address}\n  HostKeyAlias ${name}\n`,
  );
  const all = `Host *\n  User root\n  IdentityFile ${join(directory, 'id')}\n  IdentitiesOnly yes\n  UserKnownHostsFile ${known}\n`;
  writeFileSync(join(directory, 'ssh_config'), blocks.join('') + all);
}

function endHost({ namespace, link }) {
  const { stdout } = spawnSync('ip', ['netns', 'pids', namespace], { encoding: 'utf8' });
  for (const pid of (stdout ?? '').split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
  spawnSync('ip', ['netns', 'del', namespace]);
  spawnSync('ip', ['link', 'del', link]);
}

function answers(address) {
  return new Promise((resolve) => {
    const socket = connect(22, address);
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function ip(...words) {
  run('ip', ...words);
}

function run(program, ...words) {
  const { status, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${stderr}`);
}
