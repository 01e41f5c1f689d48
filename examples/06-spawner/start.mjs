// The spawner and, on a port of its own, the page of a viewer: one command for both.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { Spawner } from 'server-vigil/spawner';

const config = JSON.parse(await readFile(new URL('spawner.config.json', import.meta.url), 'utf8'));
const { SPAWNER_PORT, PAGE_PORT = '8080' } = process.env;
const port = Number(SPAWNER_PORT ?? config.port);
const spawner = new Spawner({ ...config, port }, { log: (_level, line) => console.log(line) });
const { url } = await spawner.start();

const page = (await readFile(new URL('page.html', import.meta.url), 'utf8')).replace(
  'SPAWNER',
  url,
);
const pages = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
});
pages.listen(Number(PAGE_PORT), '127.0.0.1', () => {
  console.log(`open http://localhost:${pages.address().port}`);
});

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => spawner.close());
await spawner.ended;
pages.close();
pages.closeAllConnections();
