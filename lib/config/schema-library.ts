import type { BaseIssue, GenericSchema } from 'valibot';
import type { ConfigPath } from './config-problem.ts';
import { matchField } from './field.ts';
import { fitsPlainly } from './fits-plainly.ts';
import type { Field, GroupField, NumberField, TextField } from './field.ts';

const LONGEST_TEXT = 4096;

/** Metadata of the field at a path, for the JSON Schema. */
export type DescribeField = (field: Field, path: string) => Record<string, unknown>;

/** A check that returns the paths, inside a value, of what does not fit a field that is no group. */
export function createLeafChecker(): (field: Field, value: unknown) => ConfigPath[] {
  const schemas = new Map<Field, GenericSchema>();
  return (field, value) => {
    if (fitsPlainly(field, value)) return [];
    const schema = schemas.get(field) ?? toValibotSchema(field);
    schemas.set(field, schema);
    const result = loadValibot().safeParse(schema, value, { abortPipeEarly: true });
    const paths = (result.issues ?? []).flatMap((issue) => issuePaths(issue, []));
    return [...new Map(paths.map((path) => [JSON.stringify(path), path])).values()];
  };
}

/** The same field as a schema of the validation library, from which a JSON Schema can be made. */
export function toValibotSchema(field: Field, describe?: DescribeField, path = ''): GenericSchema {
  const v = loadValibot();
  const schema = convert(field, describe, path);
  return describe === undefined ? schema : v.pipe(schema, v.metadata(describe(field, path)));
}

function loadValibot(): typeof import('valibot') {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded on first use
  return require('valibot') as typeof import('valibot');
}

function convert(field: Field, describe: DescribeField | undefined, path: string): GenericSchema {
  const v = loadValibot();
  return matchField<GenericSchema>(field, {
    boolean: () => v.boolean(),
    number: convertNumber,
    text: convertText,
    choice: ({ values }) => v.picklist(values),
    list: (list) => convertList(list, convert(list.item, describe, path)),
    range: ({ item }) => v.strictTuple([convertNumber(item), convertNumber(item)]),
    group: (group) => convertGroup(group, describe, path),
    off: ({ on, allowsNull }) =>
      v.union([convert(on, describe, path), v.literal(false), ...(allowsNull ? [v.null()] : [])]),
    either: ({ text, free }) => v.union([convertText(text), convert(free, describe, path)]),
    free: () => v.record(v.string(), v.unknown()),
    function: () => v.function(),
  });
}

function convertNumber(field: NumberField): GenericSchema {
  const v = loadValibot();
  const number = v.pipe(v.number(), v.minValue(field.min), v.maxValue(field.max));
  return field.integer === true ? v.pipe(number, v.integer()) : number;
}

function convertText(field: TextField): GenericSchema {
  const v = loadValibot();
  const short = v.pipe(v.string(), v.maxLength(field.maxLength ?? LONGEST_TEXT));
  const text = field.pattern === undefined ? short : v.pipe(short, v.regex(field.pattern));
  return field.isUrl === true ? v.pipe(text, v.url()) : text;
}

function convertList(field: Extract<Field, { kind: 'list' }>, item: GenericSchema): GenericSchema {
  const v = loadValibot();
  const list = v.pipe(
    v.array(item),
    v.minLength(field.minLength ?? 0),
    v.maxLength(field.maxLength ?? 1000),
  );
  return field.orSingle === true ? v.union([item, list]) : list;
}

function convertGroup(
  field: GroupField,
  describe: DescribeField | undefined,
  path: string,
): GenericSchema {
  const v = loadValibot();
  const entries: Record<string, GenericSchema> = {};
  for (const [key, member] of Object.entries(field.fields)) {
    if (member.kind === 'function') continue; // not in JSON
    const schema = toValibotSchema(member, describe, path === '' ? key : `${path}.${key}`);
    entries[key] = field.required?.includes(key) === true ? schema : v.optional(schema);
  }
  if (field.rest === undefined) return v.strictObject(entries);
  return v.objectWithRest(entries, toValibotSchema(field.rest.field, describe, `${path}.*`));
}

/** Paths of an issue; where one of several forms was possible, those of the form that was meant. */
function issuePaths(issue: BaseIssue<unknown>, prefix: ConfigPath): ConfigPath[] {
  const path = [
    ...prefix,
    ...(issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key))),
  ];
  const deeper =
    typeof issue.input === 'object'
      ? (issue.issues ?? []).filter((inner) => inner.path !== undefined)
      : [];
  return deeper.length === 0 ? [path] : deeper.flatMap((inner) => issuePaths(inner, path));
}
