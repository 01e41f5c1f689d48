import fc from 'fast-check';
import * as v from 'valibot';
import type { Field } from '../../lib/config/field.ts';
import { fitsPlainly } from '../../lib/config/fits-plainly.ts';
import { toValibotSchema } from '../../lib/config/schema-library.ts';
import { SESSION_FIELDS } from '../../lib/session/options/fields.ts';
import { fieldAt } from '../../lib/config/field-at.ts';

const FIELDS = [
  'name',
  'showServerOutput',
  'ports.server',
  'polling.route',
  'polling.intervalSeconds',
  'polling.failureTolerance',
  'restart.policy',
  'restart.backoff.jitter',
  'watch',
  'stateDirectory',
  'control.http.host',
];

const value = fc.oneof(
  fc.boolean(),
  fc.constantFrom(0, -0, 1, 0.2, 1.5, 65_535, 65_536, Infinity, Number.NaN),
  fc.double(),
  fc.integer(),
  fc.string(),
  fc.constantFrom('/', '/health', 'permanent', 'shop', 'a/b', 'x'.repeat(5000), '\u0000'),
  fc.jsonValue({ maxDepth: 1 }),
);

describe('fitsPlainly', () => {
  it.each(FIELDS)('lets nothing pass for %s that the library refuses', (path) => {
    const field = fieldOf(path);
    fc.assert(
      fc.property(value, (found) => {
        if (fitsPlainly(field, found)) {
          expect(v.safeParse(toValibotSchema(field), found).success).toBe(true);
        }
      }),
    );
  });

  it.each([
    ['showServerOutput', false],
    ['ports.server', 8080],
    ['polling.route', '/health'],
    ['restart.policy', 'transient'],
  ])('sees by itself that %s may be %j', (path, found) => {
    expect(fitsPlainly(fieldOf(path), found)).toBe(true);
  });
});

function fieldOf(path: string): Field {
  const field = fieldAt(SESSION_FIELDS, path.split('.'));
  if (field === undefined) throw new Error(`no field ${path}`);
  return field;
}
