import { argumentError } from './ipc-errors.ts';

/** The name of a request, together with the types of what is sent and what one handler answers. */
export interface RequestDescriptor<Args, Result> {
  readonly kind: 'request';
  readonly name: string;
  /** Never there at run time: it only carries the types. */
  readonly types?: (args: Args) => Result;
}

/** The name of a notice, together with the type of what is sent. */
export interface NoticeDescriptor<Args> {
  readonly kind: 'notice';
  readonly name: string;
  /** Never there at run time: it only carries the type. */
  readonly types?: (args: Args) => void;
}

/** Declares a message that is answered. */
export function defineRequest<Args = undefined, Result = void>(
  name: string,
): RequestDescriptor<Args, Result> {
  return { kind: 'request', name: checkName(name) };
}

/** Declares a message nobody answers. */
export function defineNotice<Args = undefined>(name: string): NoticeDescriptor<Args> {
  return { kind: 'notice', name: checkName(name) };
}

const MAX_NAME_LENGTH = 256;

/** The name in a descriptor, or the name itself. Throws ERR_ARGUMENT for what is neither. */
export function resolveName(message: string | { readonly name: string }): string {
  return typeof message === 'string'
    ? checkName(message)
    : checkName((message as { name: string } | undefined)?.name);
}

export function isName(name: unknown): name is string {
  return typeof name === 'string' && name.length > 0 && name.length <= MAX_NAME_LENGTH;
}

function checkName(name: unknown): string {
  if (!isName(name))
    throw argumentError(
      `the name of a message must be a string of 1 to ${String(MAX_NAME_LENGTH)} characters`,
      name,
    );
  return name;
}
