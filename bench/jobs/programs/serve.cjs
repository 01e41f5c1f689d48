// As `vigil jobs serve` does it: gateway, broker, and supervised workers in processes of their own; or those alone.
'use strict';

const [, , packageDirectory, text] = process.argv;
const { withoutGateway = false, handlers = 'one', ...options } = JSON.parse(text);
const { JobServer } = require(`${packageDirectory}/dist/jobs`);

const warn = (line) => process.stderr.write(`${line}\n`);
const place = {
  port: 0,
  maxClients: 2000,
  handlers: `${__dirname}/${handlers}-handler${handlers === 'one' ? '' : 's'}.cjs`,
};
const server = new JobServer({ ...place, ...options }, { withoutGateway, warn });

void server.start().then(({ port }) => process.send({ port }));
process.on('disconnect', () => process.exit());
