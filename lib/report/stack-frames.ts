import { isAbsolute, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One place in a stack. */
export interface StackFrame {
  /** Absolute path. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly function: string | null;
}

/** The frames of a stack that lie inside the project: its own code, without `node_modules`, Node's internals and Vigil. */
export function projectFrames(stack: string, projectDirectory: string): StackFrame[] {
  return parseStack(stack).filter((frame) => isInProject(frame.file, projectDirectory));
}

/** Path of a file as people of the project write it: relative to it, with forward slashes. */
export function projectPath(file: string, projectDirectory: string): string {
  const path = relative(projectDirectory, file);
  return path.startsWith('..') || isAbsolute(path) ? file : path.split(sep).join('/');
}

const MAX_STACK_LINES = 200;
const MAX_LINE_LENGTH = 2000;
const VIGIL_DIRECTORY = resolve(__dirname, '..');

function parseStack(stack: string): StackFrame[] {
  const frames: StackFrame[] = [];
  for (const line of stack.split('\n', MAX_STACK_LINES)) {
    const frame = line.length <= MAX_LINE_LENGTH ? parseFrame(line.trim()) : null;
    if (frame !== null) frames.push(frame);
  }
  return frames;
}

function parseFrame(line: string): StackFrame | null {
  if (!line.startsWith('at ')) return null;
  const call = line.slice('at '.length);
  if (!call.endsWith(')')) {
    const place = parsePlace(call.replace(/^async /, ''));
    return place === null ? null : { ...place, function: null };
  }
  // Names of functions and of folders may hold brackets too: the first one before a path counts.
  for (let at = call.indexOf(' ('); at !== -1; at = call.indexOf(' (', at + 1)) {
    const place = parsePlace(call.slice(at + 2, -1));
    if (place !== null) return { ...place, function: functionName(call.slice(0, at)) };
  }
  return null;
}

function parsePlace(text: string): Omit<StackFrame, 'function'> | null {
  const match = /^(.+):(\d{1,9}):(\d{1,9})$/.exec(text);
  if (match === null) return null;
  const [, location = '', line = '', column = ''] = match;
  const file = parseFile(location);
  return file === null ? null : { file, line: Number(line), column: Number(column) };
}

function parseFile(location: string): string | null {
  if (location.startsWith('file:')) {
    try {
      return fileURLToPath(location);
    } catch {
      return null;
    }
  }
  return isAbsolute(location) ? location : null;
}

function functionName(text: string): string | null {
  const name = text
    .replace(/^async /, '')
    .replace(/^new /, '')
    .replace(/ \[as [^\]]*\]$/, '');
  return name === '' || name.endsWith('<anonymous>') ? null : name;
}

function isInProject(file: string, projectDirectory: string): boolean {
  return (
    isInside(file, projectDirectory) &&
    !isInside(file, VIGIL_DIRECTORY) &&
    !file.split(sep).includes('node_modules')
  );
}

function isInside(file: string, directory: string): boolean {
  const path = relative(directory, file);
  return path !== '' && path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}
