import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultSessionName } from '../session/options/default-name.ts';
import { isPlainObject } from '../config/plain-object.ts';
import { isFile, readStartScript, type StartScript } from './start-script.ts';

/** What a project's files tell about its server. */
export interface ProjectFacts {
  readonly name: string;
  /** The file that node is to run, relative to the project. */
  readonly entry: string | null;
  /** Flags that the project's own start script gives to node. */
  readonly nodeArgs: readonly string[];
  /** Arguments that it gives to the server. */
  readonly args: readonly string[];
  /** What it has before the server's own command: variables, a build; with a blank at its end. */
  readonly before: string;
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
  const isStart = start !== null && start.entry === entry;
  return {
    name: defaultSessionName(directory),
    entry,
    nodeArgs: isStart ? start.nodeArgs : [],
    args: isStart ? start.args : [],
    before: isStart ? start.before : '',
    framework: findFramework({ manifest, directory }, entry),
    port: findPort(directory, entry, isStart ? start : null),
    manifest,
  };
}

const FRAMEWORKS = {
  next: 'Next.js',
  nuxt: 'Nuxt',
  '@nestjs/core': 'NestJS',
  express: 'Express',
  fastify: 'Fastify',
  koa: 'Koa',
  '@hapi/hapi': 'hapi',
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

/** A script for production is nearer to what is wanted than one for development. */
function readStart(directory: string, manifest: ProjectFacts['manifest']): StartScript | null {
  const scripts = manifest?.['scripts'];
  if (!isPlainObject(scripts)) return null;
  for (const name of ['start:prod', 'start']) {
    const script = scripts[name];
    const start = typeof script === 'string' ? readStartScript(directory, script) : null;
    if (start !== null) return start;
  }
  return null;
}

function findEntryFile(directory: string, manifest: ProjectFacts['manifest']): string | null {
  const main = manifest?.['main'];
  const candidates = [...(typeof main === 'string' ? [main] : []), ...USUAL_ENTRIES];
  return candidates.find((name) => isFile(directory, name)) ?? null;
}

function findFramework(
  { manifest, directory }: { manifest: ProjectFacts['manifest']; directory: string },
  entry: string | null,
): string | null {
  const dependencies = manifest?.['dependencies'];
  const known = isPlainObject(dependencies) ? dependencies : {};
  const source = entry === null ? '' : readText(directory, entry);
  const imported = new Set([...source.matchAll(IMPORTS)].map(([, name]) => name));
  const found =
    Object.entries(FRAMEWORKS).find(([name]) => Object.hasOwn(known, name)) ??
    Object.entries(FRAMEWORKS).find(([name]) => imported.has(name));
  if (found !== undefined) return found[1];
  return HTTP_MODULES.some((name) => imported.has(name)) ? 'plain HTTP' : null;
}

const IMPORTS = /(?:require\(|from\s|import\(|import\s)\s*['"]([^'"]+)['"]/g;
const HTTP_MODULES = ['http', 'https', 'http2'].flatMap((name) => [name, `node:${name}`]);

// `PORT || 3000`, `PORT ?? "3000"` · `listen(3000` · `port: 3000`, `port = 3000`
const PORTS = [
  /PORT\s*\)?\s*(?:\|\||\?\?)\s*['"]?(\d{2,5})/,
  /listen\(\s*(\d{2,5})\b/,
  /\bport\s*[:=]\s*['"]?(\d{2,5})\b/i,
];

function findPort(
  directory: string,
  entry: string | null,
  start: StartScript | null,
): number | null {
  const told =
    /\bPORT=(\d{1,5})\b/.exec(start?.before ?? '')?.[1] ??
    readPortFlag(start?.args ?? []) ??
    /^\s*(?:export\s+)?PORT\s*=\s*['"]?(\d{1,5})/m.exec(readText(directory, '.env'))?.[1];
  return told === undefined ? findPortInSource(directory, entry) : asPort(told);
}

function findPortInSource(directory: string, entry: string | null): number | null {
  const source = entry === null ? '' : readText(directory, entry);
  const found = PORTS.map((pattern) => pattern.exec(source)?.[1]).find(
    (text) => text !== undefined,
  );
  return found === undefined ? null : asPort(found);
}

function readPortFlag(args: readonly string[]): string | undefined {
  return /(?:^| )(?:-p|--port)[ =]?(\d{1,5})\b/.exec(args.join(' '))?.[1];
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
