import { ERROR_CODES, VigilError } from '../../lib/errors.ts';

describe('ERROR_CODES', () => {
  it('names every code ERR_<AREA>_<WHAT> and says when it is raised', () => {
    for (const [code, when] of Object.entries(ERROR_CODES)) {
      expect(code).toMatch(/^ERR(_[A-Z0-9]+)+$/);
      expect(when).not.toBe('');
    }
    expect(new VigilError('ERR_INTERNAL', 'x').code).toBe('ERR_INTERNAL');
  });
});
