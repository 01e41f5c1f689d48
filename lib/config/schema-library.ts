import type { BaseIssue, GenericSchema } from 'valibot';
import type { ConfigPath } from './config-problem.ts';
import { matchField } from './field.ts';
import type { Field, GroupField, NumberField, TextField } from './field.ts';
import { isPlainObject } from './plain-object.ts';

const LONGEST_TEXT = 4096;

export interface SchemaMode {
  /** Keys a group cannot do without may be missing, as in one layer of several. */
  readonly isPartial: boolean;
  /** Metadata of the field at a path, for the JSON Schema. */
  readonly describe?: (field: Field, path: string) => Record<string, unknown>;
}

/** A check that returns the paths of the values that do not fit their fields. */
export function createChecker(
  field: GroupField,
  mode: SchemaMode,
): (value: unknown) => ConfigPath[] {
  const schema = toValibotSchema(field, mode);
  const library = loadValibot();
  return (value) => {
    const result = library.safeParse(schema, value, { abortPipeEarly: true });
    const paths = (result.issues ?? []).flatMap((issue) => issuePaths(issue, []));
    return [...new Map(paths.map((path) => [JSON.stringify(path), path])).values()];
  };
}

/** The same field as a schema of the validation library, from which a JSON Schema can be made. */
export function toValibotSchema(field: Field, mode: SchemaMode, path = ''): GenericSchema {
  const v = loadValibot();
  const schema = convert(field, mode, path);
  return mode.describe === undefined
    ? schema
    : v.pipe(schema, v.metadata(mode.describe(field, path)));
}

function loadValibot(): typeof import('valibot') {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded on first use
  return require('valibot') as typeof import('valibot');
}

function convert(field: Field, mode: SchemaMode, path: string): GenericSchema {
  const v = loadValibot();
  return matchField<GenericSchema>(field, {
    boolean: () => v.boolean(),
    number: convertNumber,
    text: convertText,
    choice: ({ values }) => v.picklist(values),
    list: (list) => convertList(list, convert(list.item, mode, path)),
    range: ({ item }) => v.strictTuple([convertNumber(item), convertNumber(item)]),
    group: (group) => convertGroup(group, mode, path),
    off: ({ on, allowsNull }) =>
      v.union([convert(on, mode, path), v.literal(false), ...(allowsNull ? [v.null()] : [])]),
    either: ({ text, free }) => v.union([convertText(text), convert(free, mode, path)]),
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

function convertGroup(field: GroupField, mode: SchemaMode, path: string): GenericSchema {
  const v = loadValibot();
  const isForJsonSchema = mode.describe !== undefined;
  const entries: Record<string, GenericSchema> = {};
  for (const [key, member] of Object.entries(field.fields)) {
    if (isForJsonSchema && member.kind === 'function') continue;
    const schema = toValibotSchema(member, mode, path === '' ? key : `${path}.${key}`);
    const isRequired = !mode.isPartial && field.required?.includes(key) === true;
    entries[key] = isRequired ? schema : v.optional(schema);
  }
  if (field.rest === undefined) return plain(v.strictObject(entries), isForJsonSchema);
  const rest = toValibotSchema(field.rest.field, mode, `${path}.*`);
  return plain(v.objectWithRest(entries, rest), isForJsonSchema);
}

// The library takes a list for an object.
function plain(schema: GenericSchema, isForJsonSchema: boolean): GenericSchema {
  const v = loadValibot();
  return isForJsonSchema
    ? schema
    : v.pipe(v.custom(isPlainObject), schema as GenericSchema<Record<string, unknown>>);
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
