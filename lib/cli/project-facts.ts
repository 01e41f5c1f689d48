import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultSessionName } from '../session/options/default-name.ts';
import { isPlainObject } from '../config/plain-object.ts';

/** What a project's files tell about its server. */
export interface ProjectFacts {
  readonly name: string;
  /** The file that node is to run, relative to the project. */
  readonly entry: string | null;
  /** Flags that the project's own start script gives to node. */
  readonly nodeArgs: readonly string[];
  readonly framework: string | null;
  readonly port: number | null;
  /** The package.json, or null when there is none that can be read. */
  readonly manifest: Readonly<Record<string, unknown>> | null;
}

/** Looks at a project without running any of it. */
export function readProjectFacts(directory: string, givenEntry?: string): ProjectFacts {
  const manifest = readManifest(directory);
  const start = readStart(directory, manifest);
  const found = start?.entry ?? findEntryFile(directory, manifest);
  const entry = givenEntry ?? found;
  return {
    name: defaultSessionName(directory),
    entry,
    nodeArgs: start !== null && start.entry === entry ? start.nodeArgs : [],
    framework: findFramework(manifest),
    port: findPort(directory, entry),
    manifest,
  };
}

const FRAMEWORKS = {
  express: 'Express',
  fastify: 'Fastify',
  koa: 'Koa',
  '@hapi/hapi': 'hapi',
  '@nestjs/core': 'NestJS',
  '@hono/node-server': 'Hono',
  restify: 'restify',
  polka: 'Polka',
} as const;

const USUAL_ENTRIES = ['server', 'app', 'index', 'src/server', 'src/app', 'src/index', 'dist/main']
  .flatMap((name) => ['.js', '.mjs', '.cjs'].map((extension) => `${name}${extension}`))
  .concat('bin/www', 'bin/www.js');

function readManifest(directory: string): ProjectFacts['manifest'] {
  try {
    const value: unknown = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    return isPlainObject(value) ? value : null;
  } catch {
    return null;
  }
}

interface StartScript {
  readonly entry: string;
  readonly nodeArgs: readonly string[];
}

/** Reads a start script of the form `node [flags] file …`; any other is left to its author. */
function readStart(directory: string, manifest: ProjectFacts['manifest']): StartScript | null {
  const scripts = manifest?.['scripts'];
  const start = isPlainObject(scripts) ? scripts['start'] : undefined;
  if (typeof start !== 'string') return null;
  const words = start.trim().split(/\s+/);
  const node = words.indexOf('node');
  if (node === -1 || words.slice(0, node).some((word) => !/^\w+=/.test(word))) return null;
  const after = words.slice(node + 1);
  const at = after.findIndex((word) => isFile(directory, word));
  const entry = after[at];
  return entry === undefined ? null : { entry, nodeArgs: after.slice(0, at) };
}

function findEntryFile(directory: string, manifest: ProjectFacts['manifest']): string | null {
  const main = manifest?.['main'];
  const candidates = [...(typeof main === 'string' ? [main] : []), ...USUAL_ENTRIES];
  return candidates.find((name) => isFile(directory, name)) ?? null;
}

function isFile(directory: string, name: string): boolean {
  return (
    !name.startsWith('-') && /\.[cm]?[jt]s$|^bin\//.test(name) && existsSync(join(directory, name))
  );
}

function findFramework(manifest: ProjectFacts['manifest']): string | null {
  const dependencies = manifest?.['dependencies'];
  if (!isPlainObject(dependencies)) return null;
  const found = Object.entries(FRAMEWORKS).find(([name]) => Object.hasOwn(dependencies, name));
  return found?.[1] ?? null;
}

// `PORT || 3000`, `PORT ?? "3000"` · `listen(3000` · `port: 3000`, `port = 3000`
const PORTS = [
  /PORT\s*\)?\s*(?:\|\||\?\?)\s*['"]?(\d{2,5})/,
  /listen\(\s*(\d{2,5})\b/,
  /\bport\s*[:=]\s*['"]?(\d{2,5})\b/i,
];

function findPort(directory: string, entry: string | null): number | null {
  const given = /^\s*(?:export\s+)?PORT\s*=\s*['"]?(\d{1,5})/m.exec(readText(directory, '.env'));
  if (given?.[1] !== undefined) return asPort(given[1]);
  const source = entry === null ? '' : readText(directory, entry);
  const found = PORTS.map((pattern) => pattern.exec(source)?.[1]).find(
    (text) => text !== undefined,
  );
  return found === undefined ? null : asPort(found);
}

function asPort(text: string): number | null {
  const port = Number(text);
  return port > 0 && port < 65_536 ? port : null;
}

function readText(directory: string, name: string): string {
  try {
    return readFileSync(join(directory, name), 'utf8');
  } catch {
    return '';
  }
}
