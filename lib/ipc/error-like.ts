import { inspect } from 'node:util';

/** An error as data: what of it survives a trip to another process. */
export interface ErrorLike {
  name: string;
  message: string;
  stack?: string;
  code?: string | number;
  /** The cause, an ErrorLike itself unless a primitive value was thrown. */
  cause?: unknown;
  /** The errors inside an AggregateError. */
  errors?: unknown[];
}

// An error is evidence, not a way to send data: its parts are cut so that a report of it always fits.
const MAX_MESSAGE_LENGTH = 10_000;
const MAX_STACK_LENGTH = 20_000;
const MAX_NAME_LENGTH = 200;
const MAX_DEPTH = 8;
const MAX_ERRORS = 50;

/**
 * Describes whatever was thrown as an ErrorLike. Keeps name, message, stack, code, the chain of causes and the
 * errors of an AggregateError, each cut to a bounded length; never throws, whatever the value's getters do.
 */
export function toErrorLike(thrown: unknown): ErrorLike {
  return describe(thrown, new Set(), 0);
}

/**
 * Makes an Error that can be thrown from an ErrorLike. The built-in class is chosen by name (TypeError stays one),
 * causes and inner errors become errors again.
 */
export function fromErrorLike(like: ErrorLike): Error {
  return revive(toErrorLike(like));
}

export interface ErrorFields {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly stack?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

/** Creates an empty Error of the built-in class that bears the name. */
export function createNamedError(name: unknown): Error {
  const intrinsic = typeof name === 'string' ? INTRINSIC_ERRORS.get(name) : undefined;
  const error = intrinsic?.() ?? new Error();
  if (typeof name === 'string' && error.name !== name) defineHidden(error, 'name', name);
  return error;
}

/** Puts the fields on the error with the attributes the language gives them. */
export function fillError(error: Error, fields: ErrorFields): void {
  if (typeof fields.message === 'string') defineHidden(error, 'message', fields.message);
  defineHidden(error, 'stack', typeof fields.stack === 'string' ? fields.stack : String(error));
  if ('cause' in fields) defineHidden(error, 'cause', fields.cause);
  if (Array.isArray(fields.errors)) defineHidden(error, 'errors', fields.errors);
  if (fields.code !== undefined) (error as { code?: unknown }).code = fields.code;
}

const INTRINSIC_ERRORS = new Map<string, () => Error>([
  ['TypeError', () => new TypeError()],
  ['RangeError', () => new RangeError()],
  ['SyntaxError', () => new SyntaxError()],
  ['ReferenceError', () => new ReferenceError()],
  ['EvalError', () => new EvalError()],
  ['URIError', () => new URIError()],
  ['AggregateError', () => new AggregateError([])],
]);

function describe(thrown: unknown, seen: Set<object>, depth: number): ErrorLike {
  if (typeof thrown !== 'object' || thrown === null) {
    return { name: 'NonError', message: cut(show(thrown), MAX_MESSAGE_LENGTH) };
  }
  seen.add(thrown);
  const message = read(thrown, 'message');
  const like: ErrorLike = {
    name: cut(
      textOr(read(thrown, 'name'), typeof message === 'string' ? 'Error' : 'NonError'),
      MAX_NAME_LENGTH,
    ),
    message: cut(typeof message === 'string' ? message : show(thrown), MAX_MESSAGE_LENGTH),
  };
  const stack = read(thrown, 'stack');
  if (typeof stack === 'string') like.stack = cut(stack, MAX_STACK_LENGTH);
  const code = read(thrown, 'code');
  if (typeof code === 'string') like.code = cut(code, MAX_NAME_LENGTH);
  else if (typeof code === 'number' && Number.isFinite(code)) like.code = code;
  describeInner(thrown, like, (inner) => describeCause(inner, seen, depth + 1));
  return like;
}

function describeInner(
  thrown: object,
  like: ErrorLike,
  describeOne: (inner: unknown) => unknown,
): void {
  const cause = read(thrown, 'cause');
  if (cause !== undefined) like.cause = describeOne(cause);
  const errors = read(thrown, 'errors');
  if (!Array.isArray(errors)) return;
  like.errors = errors.slice(0, MAX_ERRORS).map(describeOne);
}

function describeCause(cause: unknown, seen: Set<object>, depth: number): unknown {
  if (typeof cause === 'string') return cut(cause, MAX_MESSAGE_LENGTH);
  if (typeof cause === 'boolean' || cause === null) return cause;
  if (typeof cause !== 'object') return show(cause);
  if (seen.has(cause)) return '[the same error again]';
  if (depth >= MAX_DEPTH) return '[further causes left out]';
  return describe(cause, seen, depth);
}

function revive(like: ErrorLike): Error {
  const error = createNamedError(like.name);
  const fields: Record<string, unknown> = { ...like };
  if (isErrorLike(like.cause)) fields['cause'] = revive(like.cause);
  if (like.errors !== undefined) {
    fields['errors'] = like.errors.map((inner) => (isErrorLike(inner) ? revive(inner) : inner));
  }
  fillError(error, fields);
  return error;
}

function isErrorLike(value: unknown): value is ErrorLike {
  return (
    typeof value === 'object' && value !== null && typeof (value as ErrorLike).message === 'string'
  );
}

function read(value: object, key: keyof ErrorLike): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function show(value: unknown): string {
  try {
    return typeof value === 'string'
      ? value
      : inspect(value, { depth: 2, maxStringLength: 1000, maxArrayLength: 20 });
  } catch {
    return '[a value that cannot be shown]';
  }
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

function cut(text: string, length: number): string {
  return text.length <= length
    ? text
    : `${text.slice(0, length)} … [${String(text.length - length)} characters left out]`;
}

function defineHidden(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, {
    value,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}
