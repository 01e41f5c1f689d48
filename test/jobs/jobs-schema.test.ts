import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectedText } from '../../lib/config/expected-text.ts';
import { toValibotSchema } from '../../lib/config/schema-library.ts';
import { JOBS_DEFAULTS } from '../../lib/jobs/jobs-defaults.ts';
import { JOBS_FIELDS } from '../../lib/jobs/jobs-fields.ts';

interface SchemaMaker {
  makeConfigSchema(modules: object): unknown;
  makeKeyTable(modules: object): string;
  replaceKeyTable(page: string, table: string): string;
}

// eslint-disable-next-line @typescript-eslint/no-require-imports -- a script, not a module of ours
const maker = require('../../scripts/make-config-schema.cjs') as SchemaMaker;
const modules = {
  title: 'Vigil jobs',
  SESSION_FIELDS: JOBS_FIELDS,
  defaults: JOBS_DEFAULTS,
  toValibotSchema,
  expectedText,
};

function readProjectFile(path: string): string {
  return readFileSync(join(__dirname, '../..', path), 'utf8');
}

describe('the configuration of jobs', () => {
  it('has the schema that the field table makes (npm run build && node scripts/make-config-schema.mjs)', () => {
    const schema: unknown = JSON.parse(readProjectFile('jobs.config.schema.json'));
    expect(JSON.parse(JSON.stringify(maker.makeConfigSchema(modules)))).toEqual(schema);
  });

  it('has the table in the reference that the field table makes', () => {
    const page = readProjectFile('docs/reference/jobs.md');
    expect(maker.replaceKeyTable(page, maker.makeKeyTable(modules))).toBe(page);
  });
});
