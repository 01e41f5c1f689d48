import { sourceOf } from '../../lib/config/combine-layers.ts';
import type { ConfigLayer } from '../../lib/config/config-layer.ts';

const layer = (label: string): ConfigLayer => ({
  ...{ origin: 'code', label, value: {}, directory: '/', problems: [] },
  locate: () => null,
});
const [file, flags] = [layer('a file'), layer('flags')];

describe('the layer that a path of a configuration comes from', () => {
  const merged = { value: {}, sources: new Map([['mail', file]]) };

  it('is the one that set it, or what is around it', () => {
    expect(sourceOf(['mail', 'to'], merged, [file, flags])).toBe(file);
  });

  it('is the last one where none has', () => {
    expect(sourceOf(['ports', 'server'], merged, [file, flags])).toBe(flags);
    expect(() => sourceOf(['ports'], merged, [])).toThrow(TypeError);
  });
});
