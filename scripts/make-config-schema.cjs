'use strict';

const { toJsonSchema } = require('@valibot/to-json-schema');

/** The JSON Schema of the config file. `modules` holds the field table, the defaults and the conversion. */
function makeConfigSchema({ SESSION_FIELDS, defaults, toValibotSchema, title = 'Vigil session' }) {
  const describe = (field, path) => {
    const value = valueAt(defaults, path);
    const isLeaf =
      value !== undefined && value !== null && (Array.isArray(value) || typeof value !== 'object');
    return {
      description:
        field.defaultText === undefined
          ? field.description
          : `${field.description} Default: ${field.defaultText}.`,
      ...(isLeaf ? { default: value } : {}),
      ...(field.rest === undefined ? {} : { propertyNames: { pattern: field.rest.name.source } }),
    };
  };
  const { $schema, ...schema } = toJsonSchema(toValibotSchema(SESSION_FIELDS, describe));
  return {
    $schema,
    title,
    allowComments: true,
    allowTrailingCommas: true,
    ...schema,
  };
}

/** The rows of the reference page: every key with what it takes, its default and its meaning. */
function makeKeyTable({ SESSION_FIELDS, defaults, expectedText }) {
  const rows = listKeys(SESSION_FIELDS, '').map(({ path, field, isRequired }) =>
    [
      `\`${path}\``,
      expectedText(field),
      defaultText({ path, field, isRequired }, defaults),
      field.description,
    ]
      .map((cell) =>
        cell
          .replaceAll('|', String.raw`\|`)
          .replaceAll('<', '&lt;')
          .replaceAll(/`[^`]*`/g, (code) => code.replaceAll('&lt;', '<')),
      )
      .join(' | '),
  );
  return [
    '| key | takes | default | meaning |',
    '|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}

function listKeys(group, prefix) {
  const keys = Object.entries(group.fields).flatMap(([key, field]) => {
    const path = prefix + key;
    const inner = field.kind === 'off' ? field.on : field;
    const own = { path, field, isRequired: group.required?.includes(key) === true };
    return inner.kind === 'group' ? [own, ...listKeys(inner, `${path}.`)] : [own];
  });
  if (group.rest === undefined) return keys;
  return [...keys, { path: `${prefix}*`, field: group.rest.field, isRequired: false }];
}

function defaultText({ path, field, isRequired }, defaults) {
  if (isRequired) return 'needed';
  if (field.defaultText !== undefined) return field.defaultText;
  const value = valueAt(defaults, path);
  if (field.kind === 'off' && field.allowsNull) return 'none';
  if (value === undefined) return 'none';
  return typeof value === 'object' && !Array.isArray(value)
    ? 'see below'
    : `\`${JSON.stringify(value)}\``;
}

function valueAt(value, path) {
  return path.split('.').reduce((inner, key) => inner?.[key], value);
}

const BEGIN = '<!-- keys: made by scripts/make-config-schema.mjs -->';
const END = '<!-- /keys -->';

/** The page with its table of keys made anew. */
function replaceKeyTable(page, table) {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error('the page has no place for the table of keys');
  return `${page.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${page.slice(end)}`;
}

module.exports = { makeConfigSchema, makeKeyTable, replaceKeyTable };
