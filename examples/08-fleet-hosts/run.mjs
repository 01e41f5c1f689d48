// node run.mjs: a fleet over three hosts, one of which is cut off for a while. As root, on Linux.
import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { makeHosts, whatIsMissing } from './hosts.mjs';

const missing = whatIsMissing();
if (missing !== null) {
  console.log(`not here: ${missing}`);
  process.exit(77);
}

const packageRoot = dirname(createRequire(import.meta.url).resolve('server-vigil/package.json'));
const cli = join(packageRoot, 'dist/cli/main.js');
const NAMES = ['web1', 'web2', 'web3'];
const say = (text) => console.log(`\n# ${text}`);

/** The application as it is put on every host, and here: with the address of the master, and the hosts of its servers. */
function putApplication(app, address, sshConfig) {
  mkdirSync(join(app, 'config'), { recursive: true });
  mkdirSync(join(app, 'node_modules'));
  cpSync(new URL('app.js', import.meta.url), join(app, 'app.js'));
  symlinkSync(packageRoot, join(app, 'node_modules/server-vigil'));
  const put = (name, value) =>
    writeFileSync(join(app, 'config', name), JSON.stringify({ production: value }));
  put('master.json', { host: address, port: 3005, ssh_config_params: ['-F', sshConfig] });
  put('servers.json', {
    web: NAMES.map((host, index) => ({ id: `page-${index + 1}`, host, port: 8080 })),
  });
}

say('three hosts, each with an address, files and a server of ssh of its own');
const network = await makeHosts(NAMES, putApplication);
const vigil = async (...words) => {
  const { stdout } = await promisify(execFile)(process.execPath, [cli, 'fleet', ...words], {
    cwd: network.app,
  });
  return stdout;
};
const list = async () =>
  JSON.parse(await vigil('list', '--json')).filter(({ type }) => type === 'web');
let said = '';
const untilSaid = async (text) => {
  while (!said.includes(text)) await wait(100);
};
const untilAllAreUp = async () => {
  while ((await list()).some(({ state }) => state !== 'up')) await wait(500);
};

try {
  say('vigil fleet start -e production');
  const fleet = spawn(process.execPath, [cli, 'fleet', 'start', '-e', 'production'], {
    cwd: network.app,
  });
  const ended = new Promise((resolve) => fleet.once('exit', resolve));
  fleet.stderr.pipe(process.stderr);
  fleet.stdout.on('data', (chunk) => {
    process.stdout.write(chunk);
    said += chunk;
  });
  await Promise.race([untilSaid('all servers have started'), ended]);
  say('vigil fleet list');
  console.log(await vigil('list'));
  const before = (await list()).map(({ pid }) => pid);

  say('the link of web2 is cut: soon its server is unknown, and nothing is started in its place');
  network.cut(network.hosts[1]);
  await untilSaid('is tried again');
  console.log(await vigil('list'));

  say('the link is back: the same process, no second one');
  network.restore(network.hosts[1]);
  await untilAllAreUp();
  console.log(await vigil('list'));
  const after = (await list()).map(({ pid }) => pid);
  console.log(`pids before ${before.join(' ')}, and after ${after.join(' ')}`);

  say('vigil fleet stop');
  await vigil('stop');
  console.log(`the fleet has ended with ${await ended}`);
} finally {
  await network.end();
}
