import { createSocketUnit } from '../../lib/cli/systemd-socket.ts';
import { createSystemdUnit, type UnitFacts } from '../../lib/cli/systemd-unit.ts';

const FACTS: UnitFacts = {
  name: 'shop',
  directory: '/srv/shop',
  stateDirectory: '/srv/shop/.vigil/shop',
  user: 'shop',
  command: ['/usr/bin/node', '/srv/shop/main.js', 'run', 'server.js'],
  reloadCommand: ['/usr/bin/node', '/srv/shop/main.js', 'reload'],
  environment: { NODE_ENV: 'production', MODE: 'a b' },
  ports: [3000],
  startSeconds: 90,
  stopSeconds: 65,
};

function optionOf(unit: string, name: string): string | undefined {
  return new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1];
}

describe('createSystemdUnit', () => {
  it('quotes and escapes what systemd would read otherwise', () => {
    const unit = createSystemdUnit({
      ...FACTS,
      name: 'a\nb 50%',
      directory: '/srv/my shop',
      command: ['/usr/bin/node', '/srv/my shop/main.js', 'run', 'a"b$c%d\\.js', '--name=shop'],
    });
    expect(unit).toMatch(/^Description=a b 50%%, kept up by Vigil$/m);
    expect(unit).toMatch(/^WorkingDirectory=\/srv\/my shop$/m);
    expect(unit).toContain(
      'ExecStart=/usr/bin/node "/srv/my shop/main.js" run "a\\"b$$c%%d\\\\.js" --name=shop\n',
    );
    expect(unit).toMatch(/^Environment=NODE_ENV=production\nEnvironment="MODE=a b"$/m);
    expect(unit).toMatch(/^TimeoutStartSec=90$/m);
    expect(unit).toMatch(/^TimeoutStopSec=65$/m);
  });

  it.each<[string, Partial<UnitFacts>, string, string | undefined]>([
    ['', {}, 'PrivateTmp', 'yes'],
    [' in /tmp', { directory: '/tmp/shop' }, 'PrivateTmp', undefined],
    [' with its state in /var/tmp', { stateDirectory: '/var/tmp/x' }, 'PrivateTmp', undefined],
    [' beside /tmp', { directory: '/tmpfiles' }, 'PrivateTmp', 'yes'],
    ['', {}, 'ReadWritePaths', undefined],
    [
      ' with its state in /etc',
      { stateDirectory: '/etc/my shop' },
      'ReadWritePaths',
      '"-/etc/my shop"',
    ],
    ['', {}, 'AmbientCapabilities', undefined],
    [' on port 80', { ports: [8080, 80] }, 'AmbientCapabilities', 'CAP_NET_BIND_SERVICE'],
    [' of root on port 80', { ports: [80], user: 'root' }, 'AmbientCapabilities', undefined],
    [' on any port', { ports: [0] }, 'AmbientCapabilities', undefined],
  ])('of a server%s (%j) has %s=%s', (_what, part, name, value) => {
    expect(optionOf(createSystemdUnit({ ...FACTS, ...part }), name)).toBe(value);
  });
});

describe('createSocketUnit', () => {
  it('listens on every port', () => {
    const unit = createSocketUnit({ name: '100% tea', ports: [80, 443] });
    expect(unit).toMatch(/^Description=100%% tea: its listening sockets$/m);
    expect(unit).toMatch(/^ListenStream=80\nListenStream=443$/m);
  });
});
