import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectedText } from '../../lib/config/expected-text.ts';
import { toValibotSchema } from '../../lib/config/schema-library.ts';
import { DOCUMENTED_DEFAULTS } from '../../lib/session/options/defaults.ts';
import { SESSION_FIELDS } from '../../lib/session/options/fields.ts';

interface SchemaMaker {
  makeConfigSchema(modules: object): JsonSchema;
  makeKeyTable(modules: object): string;
  replaceKeyTable(page: string, table: string): string;
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly anyOf?: readonly JsonSchema[];
  readonly default?: unknown;
  readonly description?: string;
}

// eslint-disable-next-line @typescript-eslint/no-require-imports -- a script, not a module of ours
const maker = require('../../scripts/make-config-schema.cjs') as SchemaMaker;
const modules = { SESSION_FIELDS, defaults: DOCUMENTED_DEFAULTS, toValibotSchema, expectedText };
const root = join(__dirname, '../..');
const schema = JSON.parse(
  readFileSync(join(root, 'session.config.schema.json'), 'utf8'),
) as JsonSchema;
const page = readFileSync(join(root, 'docs/reference/configuration.md'), 'utf8');

function listKeys(
  { properties = {}, anyOf = [] }: JsonSchema,
  prefix = '',
): [string, JsonSchema][] {
  const own = Object.entries(properties).flatMap(([key, value]): [string, JsonSchema][] => [
    [prefix + key, value],
    ...listKeys(value, `${prefix}${key}.`),
  ]);
  return [...own, ...anyOf.flatMap((option) => listKeys(option, prefix))];
}

describe('session.config.schema.json', () => {
  it('is what the field table makes (npm run build && node scripts/make-config-schema.mjs)', () => {
    expect(JSON.parse(JSON.stringify(maker.makeConfigSchema(modules)))).toEqual(schema);
  });

  it('describes every key', () => {
    expect(listKeys(schema).filter(([, value]) => value.description === undefined)).toEqual([]);
  });
});

describe('docs/reference/configuration.md', () => {
  it('holds the table the field table makes', () => {
    expect(maker.replaceKeyTable(page, maker.makeKeyTable(modules))).toBe(page);
  });

  it.each(listKeys(schema))('has a row for %s with its default', (path, value) => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${path}\` |`));
    expect(row).toBeDefined();
    if (value.default !== undefined) expect(row).toContain(`\`${JSON.stringify(value.default)}\``);
  });
});
