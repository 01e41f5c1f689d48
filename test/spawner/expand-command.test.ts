import fc from 'fast-check';
import { type CommandValues, expandCommand } from '../../lib/spawner/expand-command.ts';

const VALUES: CommandValues = {
  id: 'ID',
  port: 55_000,
  liveliness: 'http://127.0.0.1:1/liveliness/KEY',
  rendererType: 'csr',
  params: {},
};

function expand(template: string[], params: Record<string, unknown> = {}): string[] {
  return expandCommand(template, { ...VALUES, params });
}

describe('expandCommand', () => {
  it('fills in what a server is told', () => {
    expect(
      expand(['x', '--id', '{id}', '--port={port}', '{liveliness}', '{rendererType}{id}']),
    ).toEqual([...['x', '--id', 'ID', '--port=55000', VALUES.liveliness, 'csrID']]);
  });

  it.each([
    ['a text', 'text', 'text'],
    ['a number', -1.5, 'x-1.5'],
    ['true', true, 'true'],
    ['a list', ['a', 2, false], 'a;2;false'],
    ['an empty list', [], ''],
    ['nothing', undefined, ''],
    ['null', null, ''],
  ])('writes %s', (_name, value, text) => {
    const prefix = typeof value === 'number' ? 'x' : '';
    expect(expand([`${prefix}{params.p}`], { p: value })).toEqual([text]);
  });

  it.each([
    ['{params.p!}', undefined, 'params.p is missing', 'params.p'],
    ['{params.p!}', '', 'params.p is empty', 'params.p'],
    [
      '{params.p}',
      '--flag',
      'params.p begins with "-", as a flag of the program would',
      'params.p',
    ],
    [
      '{params.p}',
      ['-x', 'y'],
      'params.p begins with "-", as a flag of the program would',
      'params.p',
    ],
    ['{params.p}', -1, 'params.p begins with "-", as a flag of the program would', 'params.p'],
    ['a{params.p}', 'x\0y', 'params.p holds a NUL character', 'params.p'],
    ['{params.p}', ['x', 'y\0'], 'params.p[1] holds a NUL character', 'params.p[1]'],
    [
      '{params.p}',
      { a: 1 },
      'params.p is not a text, a number, true or false, or a list of these',
      'params.p',
    ],
    [
      '{params.p}',
      [['x']],
      'params.p[0] is not a text, a number, true or false, or a list of these',
      'params.p[0]',
    ],
    [
      '{params.p}',
      Number.NaN,
      'params.p is not a text, a number, true or false, or a list of these',
      'params.p',
    ],
  ])('refuses %s with %j: %s', (template, value, message, field) => {
    expect(() => expand([template], { p: value })).toThrow(
      expect.objectContaining({ status: 400, message, facts: { field } }),
    );
  });

  it('lets a dash stand where it is a part of an argument', () => {
    expect(expand(['--model={params.p}'], { p: '-1' })).toEqual(['--model=-1']);
  });

  it('takes nothing from where params come from', () => {
    expect(expand(['[{params.constructor}{params.__proto__}{params.toString}]'])).toEqual(['[]']);
  });

  it('leaves braces alone that are no placeholders', () => {
    const template = ['{}', '{ id }', '{params}', '{params.}', '{Port}', '{params.1}', '${id'];
    expect(expand(template)).toEqual(template);
  });

  it('never expands twice, splits or joins arguments, whatever the values', () => {
    const text = fc.oneof(
      fc.constantFrom('{id}', '{params.b}', '$(x)', '; rm', '\' "', '$&', '$1'),
      fc.string(),
    );
    fc.assert(
      fc.property(text, text, (a, b) => {
        fc.pre(!`${a}${b}`.includes('\0'));
        expect(expand(['{id}', 'a={params.a}', 'b={params.b},{params.a}'], { a, b })).toEqual([
          'ID',
          `a=${a}`,
          `b=${b},${a}`,
        ]);
      }),
    );
  });
});
