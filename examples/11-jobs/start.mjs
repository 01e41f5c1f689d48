// Gateway, workers and broker in one process that is started again when it was killed, and a page on a port of its own.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const { JOBS_PORT = '8900', PAGE_PORT = '8080' } = process.env;
const folder = dirname(fileURLToPath(import.meta.url));
const packageFile = createRequire(import.meta.url).resolve('server-vigil/package.json');
const vigil = join(dirname(packageFile), 'dist/cli/main.js');
const flags = process.argv.slice(2);
let isEnding = false;
let jobs = serve();

function serve() {
  const args = [vigil, 'jobs', 'serve', 'handlers.mjs', '-p', JOBS_PORT, ...flags];
  return spawn(process.execPath, args, { cwd: folder, stdio: 'inherit' }).once('exit', () => {
    if (isEnding) pages.close().closeAllConnections();
    else jobs = serve();
  });
}

const page = (await readFile(join(folder, 'page.html'), 'utf8')).replaceAll(
  'GATEWAY',
  `http://127.0.0.1:${JOBS_PORT}`,
);
const pages = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
});
pages.listen(Number(PAGE_PORT), '127.0.0.1', () => {
  console.log(`open http://localhost:${pages.address().port}`);
});

for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    isEnding = true;
    jobs.kill('SIGTERM');
  });
