import { transformSync } from '@swc/core';
import { createStackMapper } from '../../lib/report/map-stack.ts';

const SOURCE = `interface Order { id: number }

function charge(order: Order): never {
  throw new Error('no card for ' + String(order.id));
}
export { charge };
`;

function compile(): { code: string; map: string } {
  const { code, map = '{}' } = transformSync(SOURCE, {
    filename: 'charge.ts',
    sourceMaps: true,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  });
  return { code, map };
}

const { code, map } = compile();
const line = code.split('\n').findIndex((text) => text.includes('throw new Error')) + 1;
const stack = `Error: no card\n    at charge (/app/dist/charge.js:${line}:11)\n    at node:internal/x:1:1`;

describe('createStackMapper', () => {
  it('points a frame of a compiled file to the line of its source', () => {
    const files: Record<string, string> = {
      '/app/dist/charge.js': `${code}\n//# sourceMappingURL=charge.js.map\n`,
      '/app/dist/charge.js.map': map,
    };
    const mapped = createStackMapper((file) => files[file] ?? null)(stack);
    expect(mapped).toMatch(/at charge \(\/app\/dist\/charge\.ts:4:\d+\)/);
    expect(mapped).toContain('at node:internal/x:1:1');
  });

  it('reads a map that stands in the file itself, for file URLs too', () => {
    const inline = Buffer.from(map).toString('base64');
    const text = `${code}\n//# sourceMappingURL=data:application/json;base64,${inline}`;
    const mapped = createStackMapper(() => text)(stack.replace('/app', 'file:///app'));
    expect(mapped).toMatch(/\(\/app\/dist\/charge\.ts:4:\d+\)/);
  });

  it.each([
    ['there is no file', () => null],
    ['there is no map', () => code],
    ['the map is broken', () => '//# sourceMappingURL=data:application/json;base64,e30x'],
    [
      'the map is not there',
      (file: string) => (file.endsWith('.map') ? null : '//# sourceMappingURL=a.map'),
    ],
  ])('leaves a frame as it is when %s', (_why, read) => {
    expect(createStackMapper(read)(stack)).toBe(stack);
  });
});
