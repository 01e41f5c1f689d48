/**
 * What one key of a configuration may hold: plain data, from which the checks, the error texts, the JSON Schema
 * and the reference page are made. Kept apart from the validation library, which is loaded only when there is
 * something to check.
 */
export type Field =
  | BooleanField
  | NumberField
  | TextField
  | ChoiceField
  | ListField
  | RangeField
  | GroupField
  | OffField
  | EitherField
  | FreeField
  | FunctionField;

/** One function for each kind of field. */
export type FieldCases<R> = {
  readonly [K in Field['kind']]: (field: Extract<Field, { kind: K }>) => R;
};

/** Calls the function for the kind of the field. */
export function matchField<R>(field: Field, cases: FieldCases<R>): R {
  const matching = cases[field.kind] as (field: Field) => R;
  return matching(field);
}

interface Described {
  readonly description: string;
  /** The default in words, where it is no fixed value. */
  readonly defaultText?: string;
  /** Never shown. */
  readonly secret?: boolean;
  /** May change while the session runs; holds for everything inside. */
  readonly live?: boolean;
}

interface BooleanField extends Described {
  readonly kind: 'boolean';
}

export interface NumberField extends Described {
  readonly kind: 'number';
  readonly min: number;
  readonly max: number;
  readonly integer?: boolean;
}

export interface TextField extends Described {
  readonly kind: 'text';
  readonly expected: string;
  readonly pattern?: RegExp;
  readonly maxLength?: number;
  /** A file or folder: made absolute. */
  readonly isPath?: boolean;
  readonly isUrl?: boolean;
}

interface ChoiceField extends Described {
  readonly kind: 'choice';
  readonly values: readonly string[];
}

interface ListField extends Described {
  readonly kind: 'list';
  readonly item: Field;
  /** One item may stand for a list of one. */
  readonly orSingle?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** Two numbers, the lower first. */
interface RangeField extends Described {
  readonly kind: 'range';
  readonly item: NumberField;
}

export interface GroupField extends Described {
  readonly kind: 'group';
  readonly fields: Readonly<Record<string, Field>>;
  readonly required?: readonly string[];
  /** Further keys, whose names the author of the configuration chooses. */
  readonly rest?: { readonly name: RegExp; readonly nameExpected: string; readonly field: Field };
}

/** Something that `false` or `null` switches off. */
interface OffField extends Described {
  readonly kind: 'off';
  readonly on: Field;
  readonly allowsNull: boolean;
}

interface EitherField extends Described {
  readonly kind: 'either';
  readonly text: TextField;
  readonly free: FreeField;
}

/** An object that is somebody else's to understand. */
interface FreeField extends Described {
  readonly kind: 'free';
  readonly expected: string;
}

/** Possible in code only. */
interface FunctionField extends Described {
  readonly kind: 'function';
}
