import { createSystemdUnit } from '../../lib/cli/systemd-unit.ts';

describe('createSystemdUnit', () => {
  it('quotes and escapes what systemd would read otherwise', () => {
    const unit = createSystemdUnit({
      name: 'a\nb 50%',
      directory: '/srv/my shop',
      user: 'shop',
      command: ['/usr/bin/node', '/srv/my shop/main.js', 'run', 'a"b$c%d\\.js', '--name=shop'],
      stopSeconds: 65,
    });
    expect(unit).toMatch(/^Description=a b 50%%, kept up by Vigil$/m);
    expect(unit).toMatch(/^WorkingDirectory=\/srv\/my shop$/m);
    expect(unit).toContain(
      'ExecStart=/usr/bin/node "/srv/my shop/main.js" run "a\\"b$$c%%d\\\\.js" --name=shop\n',
    );
    expect(unit).toMatch(/^TimeoutStopSec=65$/m);
  });
});
