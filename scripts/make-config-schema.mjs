// Writes the JSON Schemas of the config files and the tables of their keys in the reference, from the built field tables.
import { readFile, writeFile } from 'node:fs/promises';
import schemaMaker from './make-config-schema.cjs';
import schemaLibrary from '../dist/config/schema-library.js';
import texts from '../dist/config/expected-text.js';
import sessionFields from '../dist/session/options/fields.js';
import sessionDefaults from '../dist/session/options/defaults.js';
import spawnerFields from '../dist/spawner/spawner-fields.js';
import spawnerDefaults from '../dist/spawner/spawner-defaults.js';
import jobsFields from '../dist/jobs/jobs-fields.js';
import jobsDefaults from '../dist/jobs/jobs-defaults.js';

const library = { ...schemaLibrary, ...texts };

await write('session.config.schema.json', 'docs/reference/configuration.md', {
  ...library,
  SESSION_FIELDS: sessionFields.SESSION_FIELDS,
  defaults: sessionDefaults.DOCUMENTED_DEFAULTS,
});
await write('spawner.config.schema.json', 'docs/reference/spawner.md', {
  ...library,
  title: 'Vigil spawner',
  SESSION_FIELDS: spawnerFields.SPAWNER_FIELDS,
  defaults: spawnerDefaults.SPAWNER_DEFAULTS,
});
await write('jobs.config.schema.json', 'docs/reference/jobs.md', {
  ...library,
  title: 'Vigil jobs',
  SESSION_FIELDS: jobsFields.JOBS_FIELDS,
  defaults: jobsDefaults.JOBS_DEFAULTS,
});

async function write(schemaFile, pageFile, modules) {
  const schema = schemaMaker.makeConfigSchema(modules);
  const [schemaUrl, pageUrl] = [schemaFile, pageFile].map(
    (file) => new URL(`../${file}`, import.meta.url),
  );
  await writeFile(schemaUrl, `${JSON.stringify(schema, null, 2)}\n`);
  const page = await readFile(pageUrl, 'utf8');
  await writeFile(pageUrl, schemaMaker.replaceKeyTable(page, schemaMaker.makeKeyTable(modules)));
}
