import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { ConfigError } from '../../lib/config/config-error.ts';
import { VigilError } from '../../lib/errors.ts';
import { loadSessionOptions } from '../../lib/session/options.ts';
import type { SessionOptions, SessionOptionsInput } from '../../lib/session/options.ts';
import { DOCUMENTED_DEFAULTS, SESSION_DEFAULTS } from '../../lib/session/options/defaults.ts';
import { SESSION_FIELDS } from '../../lib/session/options/fields.ts';
import { makeDirectory, removeDirectories } from './options-directory.ts';

const cwd = makeDirectory();
const file = join(cwd, 'given.json');

afterAll(removeDirectories);

function survives(input: Omit<SessionOptionsInput, 'cwd'>): void {
  try {
    loadSessionOptions({ cwd, ...input });
  } catch (error) {
    if (!(error instanceof VigilError)) throw error;
    if (error instanceof ConfigError)
      expect(error.problems.every(({ message }) => !message.includes('\n'))).toBe(true);
  }
}

const anyKey = fc.constantFrom(
  ...Object.keys(SESSION_FIELDS.fields),
  ...[
    'route',
    'to',
    'transport',
    'http',
    'port',
    'window',
    'of',
    'master',
    'backoff',
    '__proto__',
    'toString',
  ],
);
const { nearMiss } = fc.letrec<{ nearMiss: unknown }>((tie) => ({
  nearMiss: fc.oneof(
    { maxDepth: 4 },
    fc.jsonValue({ maxDepth: 1 }),
    fc.dictionary(anyKey, tie('nearMiss'), { maxKeys: 6 }),
  ),
}));

describe('loadSessionOptions raises nothing but coded errors', () => {
  it('for any text in the file', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json(),
          nearMiss.map((value) => JSON.stringify(value)),
        ),
        (text) => {
          writeFileSync(file, text);
          survives({ configFile: file });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('for any value given in code', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withTypedArray: true,
    });
    fc.assert(
      fc.property(fc.oneof(anything, nearMiss, fc.dictionary(anyKey, anything)), (config) => {
        survives({ config: config as SessionOptions });
      }),
      { numRuns: 500 },
    );
  });

  it('for any flag', () => {
    const path = fc.oneof(
      fc.string(),
      fc.array(anyKey, { minLength: 1, maxLength: 3 }).map((keys) => keys.join('.')),
    );
    fc.assert(
      fc.property(path, fc.jsonValue(), (anyPath, value) => {
        survives({ overrides: [{ flag: '--set x', path: anyPath, value }] });
      }),
      { numRuns: 300 },
    );
  });
});

describe('every default', () => {
  it('passes the check when written out', () => {
    const defaults = SESSION_DEFAULTS as unknown as SessionOptions;
    const written = loadSessionOptions({ cwd, config: defaults });
    const { polling, ...rest } = loadSessionOptions({ cwd });
    expect(written).toEqual({ ...rest, polling: { ...polling, routeIsSet: true } });
  });

  it('inside groups that are off passes too', () => {
    const config = {
      mail: { ...DOCUMENTED_DEFAULTS.mail, to: ['a@b'], transport: {} },
      control: { http: { ...DOCUMENTED_DEFAULTS.control.http, port: 0 } },
    };
    expect(() => loadSessionOptions({ cwd, config })).not.toThrow();
  });
});
