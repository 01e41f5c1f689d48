import { once } from 'node:events';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createHttpServer } from '../../lib/http/hono-adapter.ts';
import { createPageRoutes } from '../../lib/http/page-routes.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const PAGE = '<!doctype html><title>page</title>';
const SCRIPT = 'console.log("the page");';

let directory: string;
let server: Server;

beforeEach(async () => {
  const root = await makeTempDirectory({ 'secret.js': 'the secret' });
  directory = join(root, 'page');
  mkdirSync(join(directory, 'assets', 'folder.js'), { recursive: true });
  writeFileSync(join(directory, 'index.html'), PAGE);
  writeFileSync(join(directory, 'assets/index-abc.js'), SCRIPT);
  writeFileSync(join(directory, 'assets/index-abc.js.gz'), gzipSync(SCRIPT));
  writeFileSync(join(directory, 'assets/notes.txt'), 'not of the page');
  writeFileSync(join(directory, 'other.js'), 'beside the assets');
  symlinkSync('/nowhere', join(directory, 'assets/broken.js'));
  server = createHttpServer(createPageRoutes(directory), {
    maxBodyBytes: 1000,
    writeLines: () => Promise.resolve(),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  server.close();
  await once(server, 'close');
});

describe('the routes of the page', () => {
  it('are open, and serve the page under a policy that lets it load nothing but its own files', async () => {
    const routes = createPageRoutes(directory);
    expect(routes.map(({ path, access }) => [path, access])).toEqual([
      ['/', 'open'],
      ['/assets/index-abc.js', 'open'],
    ]);
    const { status, headers, body } = await get('/');
    expect([status, body]).toEqual([200, PAGE]);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['cache-control']).toBe('no-cache');
    expect(headers['x-content-type-options']).toBe('nosniff');
    const policy = String(headers['content-security-policy']);
    expect(policy.split('; ').sort()).toEqual([
      "base-uri 'none'",
      "connect-src 'self'",
      "default-src 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "img-src 'self' data:",
      "script-src 'self'",
      "style-src 'self'",
    ]);
  });

  it('let an asset be kept for ever, and send it packed to whoever takes that', async () => {
    const plain = await get('/assets/index-abc.js');
    expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(plain.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect([plain.body, plain.headers['content-encoding']]).toEqual([SCRIPT, undefined]);
    const packed = await get('/assets/index-abc.js', { 'accept-encoding': 'br, gzip' });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(packed.bytes.equals(gzipSync(SCRIPT))).toBe(true);
  });

  it('answer 304 to whoever has the page already', async () => {
    const first = await get('/');
    const again = await get('/', { 'if-none-match': String(first.headers.etag) });
    expect([again.status, again.body]).toEqual([304, '']);
    const other = await get('/', { 'if-none-match': 'W/"other"' });
    expect([other.status, other.body]).toEqual([200, PAGE]);
  });

  it.each([
    '/other.js',
    '/index.html',
    '/assets',
    '/assets/',
    '/assets/notes.txt',
    '/assets/folder.js',
    '/assets/broken.js',
    '/assets/index-abc.js.gz',
    '/assets/../other.js',
    '/assets/../../secret.js',
    '/assets/..%2f..%2fsecret.js',
    '/assets/%2e%2e/%2e%2e/secret.js',
    '/assets/..\\..\\secret.js',
    '//assets/../../secret.js',
    '/assets/index-abc.js%00',
    '/assets/index-abc.js/',
  ])('are not had by %s', async (path) => {
    expect([400, 404]).toContain((await get(path)).status);
  });

  it('are none where there is no page', () => {
    rmSync(join(directory, 'index.html'));
    expect(createPageRoutes(directory)).toEqual([]);
    expect(createPageRoutes(join(directory, 'nowhere'))).toEqual([]);
  });
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly body: string;
}

/** Sends the path as it is; a URL object would tidy it up. */
async function get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const { port } = server.address() as AddressInfo;
  const asked = request({ host: '127.0.0.1', port, path, headers, agent: false });
  asked.end();
  const [response] = await once(asked, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return { status: response.statusCode, headers: response.headers, bytes, body: bytes.toString() };
}
