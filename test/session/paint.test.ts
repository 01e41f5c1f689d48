import { isColored, paint } from '../../lib/session/monitor/paint.ts';

const { NO_COLOR, FORCE_COLOR } = process.env;

afterEach(() => {
  for (const [name, value] of Object.entries({ NO_COLOR, FORCE_COLOR }))
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
});

describe('colours', () => {
  it.each<[string, Readonly<Record<string, string>>, Parameters<typeof isColored>[0], boolean]>([
    ['a terminal that has them', {}, { isTTY: true, hasColors: () => true }, true],
    ['a terminal that has none', {}, { isTTY: true, hasColors: () => false }, false],
    ['a file', {}, {}, false],
    ['a file, forced', { FORCE_COLOR: '1' }, {}, true],
    ['a terminal, forced off', { FORCE_COLOR: '0' }, { isTTY: true, hasColors: () => true }, false],
    ['NO_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, { isTTY: true }, false],
  ])('are wanted, or not, on %s', (_case, environment, stream, wanted) => {
    delete process.env['NO_COLOR'];
    delete process.env['FORCE_COLOR'];
    Object.assign(process.env, environment);
    expect(isColored(stream)).toBe(wanted);
  });

  it('of no such name leave a text as it is', () => {
    expect(paint('text', 'no such colour')).toBe('text');
    expect(paint('text', 'red')).toContain('text');
  });
});
