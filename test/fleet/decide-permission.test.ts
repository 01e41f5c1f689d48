import { decidePermission } from '../../lib/fleet/admin/decide-permission.ts';

const watch = (comd: unknown, more: object = {}) => ({
  command: null,
  moduleId: 'watchServer',
  body: { comd, context: 'chat-1', ...more },
});

describe('decidePermission', () => {
  it.each([
    'get',
    'config',
    'set',
    'enable',
    'disable',
    'run',
    'cpu',
    'memory',
    '',
    'toString',
    ['servers'],
  ])('lets level 1 alone have %j of a server', (comd) => {
    expect(decidePermission(2, watch(comd, { param: 'dbPassword' }))).toBe(false);
    expect(decidePermission(1, watch(comd))).toBe(true);
  });

  it.each(['servers', 'status', 'connections', 'logins', 'modules', 'components', 'settings'])(
    'lets level 2 have %j of a server',
    (comd) => {
      expect(decidePermission(2, watch(comd))).toBe(true);
    },
  );

  it('shows the configuration to level 1 alone', () => {
    const plan = { command: null, moduleId: '__console__', body: { signal: 'plan' } };
    expect([1, 2].map((level) => decidePermission(level, plan))).toEqual([true, false]);
  });
});
