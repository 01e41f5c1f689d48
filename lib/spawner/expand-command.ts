import { SpawnFailure } from './spawn-failure.ts';

/** What the placeholders of a command stand for. */
export interface CommandValues {
  readonly id: string;
  readonly port: number;
  /** The address to which the server reports that it lives. */
  readonly liveliness: string;
  readonly rendererType: string;
  /** As the caller sent them. */
  readonly params: Readonly<Record<string, unknown>>;
}

const PLACEHOLDER = /\{(?:(id|port|liveliness|rendererType)|params\.([A-Za-z_][\w-]*)(!?))\}/g;

/**
 * Puts values in the place of `{id}`, `{port}`, `{liveliness}`, `{rendererType}`, `{params.NAME}` and `{params.NAME!}`.
 *
 * What was put in is not looked at again, and no shell reads it. A parameter that is a whole argument cannot become a
 * flag of the program.
 *
 * @throws SpawnFailure with status 400 and the field's path
 */
export function expandCommand(template: readonly string[], values: CommandValues): string[] {
  return template.map((argument) =>
    argument.replace(PLACEHOLDER, (whole: string, ...[own, name, mark]: Groups) => {
      if (own !== undefined) return String(values[own]);
      const text = readParameter(values.params, name, mark === '!');
      if (whole === argument && text.startsWith('-'))
        throw wrong(name, 'begins with "-", as a flag of the program would');
      return text;
    }),
  );
}

type OwnName = 'id' | 'port' | 'liveliness' | 'rendererType';
type Groups = [own: OwnName | undefined, name: string, mark: string];

function readParameter(params: CommandValues['params'], name: string, isNeeded: boolean): string {
  const value = Object.hasOwn(params, name) ? params[name] : undefined;
  if (value === undefined || value === null) {
    if (isNeeded) throw wrong(name, 'is missing');
    return '';
  }
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  const text = items
    .map((item, at) => writeItem(item, Array.isArray(value) ? `${name}[${String(at)}]` : name))
    .join(';');
  if (isNeeded && text === '') throw wrong(name, 'is empty');
  return text;
}

function writeItem(item: unknown, path: string): string {
  if (typeof item !== 'string' && typeof item !== 'boolean' && !Number.isFinite(item))
    throw wrong(path, 'is not a text, a number, true or false, or a list of these');
  const text = String(item);
  if (text.includes('\0')) throw wrong(path, 'holds a NUL character');
  return text;
}

function wrong(name: string, fault: string): SpawnFailure {
  const field = `params.${name}`;
  return new SpawnFailure(400, `${field} ${fault}`, { field });
}
