// Writes session.config.schema.json and the table of docs/reference/configuration.md from the built field table.
import { readFile, writeFile } from 'node:fs/promises';
import schemaMaker from './make-config-schema.cjs';
import schemaLibrary from '../dist/config/schema-library.js';
import texts from '../dist/config/expected-text.js';
import fields from '../dist/session/options/fields.js';
import defaultValues from '../dist/session/options/defaults.js';

const SCHEMA = new URL('../session.config.schema.json', import.meta.url);
const PAGE = new URL('../docs/reference/configuration.md', import.meta.url);

const modules = {
  ...schemaLibrary,
  ...texts,
  ...fields,
  defaults: defaultValues.DOCUMENTED_DEFAULTS,
};
await writeFile(SCHEMA, `${JSON.stringify(schemaMaker.makeConfigSchema(modules), null, 2)}\n`);
const page = await readFile(PAGE, 'utf8');
await writeFile(PAGE, schemaMaker.replaceKeyTable(page, schemaMaker.makeKeyTable(modules)));
