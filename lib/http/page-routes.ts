import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { ControlReply, ControlRequest, ControlRoute } from './control-route.ts';

/** What a built page may consist of; more than that is not looked at. */
const MOST_FILES = 50;
const MOST_BYTES = 1024 * 1024;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page runs nothing and loads nothing but its own files, and nobody puts it in a frame. */
const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};
// The name of an asset changes with its content.
const FOR_EVER = 'public, max-age=31536000, immutable';

interface PageFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly zipped: Uint8Array<ArrayBuffer> | null;
  readonly tag: string;
}

/**
 * The routes of the dashboard's page: `/` and one for each file of its `assets`. What is not there when this is called
 * is never served, whatever path is asked for. A file is read when it is first wanted.
 *
 * @param directory - where the built page is; without one there are no routes
 */
export function createPageRoutes(directory: string): ControlRoute[] {
  const assets = join(directory, 'assets');
  const names = listFiles(assets).filter((name) => extname(name) in CONTENT_TYPES);
  if (!isFile(join(directory, 'index.html'))) return [];
  return [
    createRoute('/', join(directory, 'index.html'), 'no-cache'),
    ...names.map((name) => createRoute(`/assets/${name}`, join(assets, name), FOR_EVER)),
  ];
}

function createRoute(path: string, file: string, caching: string): ControlRoute {
  let read: PageFile | undefined;
  const contentType = CONTENT_TYPES[extname(file)] ?? '';
  return {
    method: 'GET',
    path,
    access: 'open',
    handle: (request) => {
      read ??= readPageFile(file);
      return replyFile(read, request, { contentType, caching });
    },
  };
}

function replyFile(
  { body, zipped, tag }: PageFile,
  request: ControlRequest,
  { contentType, caching }: { readonly contentType: string; readonly caching: string },
): ControlReply {
  const headers = {
    ...PAGE_HEADERS,
    'cache-control': caching,
    etag: tag,
    vary: 'accept-encoding',
  };
  if (request.header('if-none-match') === tag)
    return { kind: 'text', status: 304, body: '', contentType, headers };
  const takesZipped = /\bgzip\b/.test(request.header('accept-encoding') ?? '');
  if (zipped === null || !takesZipped) return { kind: 'text', body, contentType, headers };
  return {
    kind: 'text',
    body: zipped,
    contentType,
    headers: { ...headers, 'content-encoding': 'gzip' },
  };
}

function readPageFile(file: string): PageFile {
  const body = new Uint8Array(readFileSync(file));
  const zipped = isFile(`${file}.gz`) ? new Uint8Array(readFileSync(`${file}.gz`)) : null;
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  return { body, zipped, tag: `W/"${digest}"` };
}

function listFiles(directory: string): string[] {
  try {
    const names = readdirSync(directory)
      .sort()
      .slice(0, 2 * MOST_FILES);
    return names.filter((name) => isFile(join(directory, name)));
  } catch {
    return [];
  }
}

function isFile(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && found.size <= MOST_BYTES;
}
