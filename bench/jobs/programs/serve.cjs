// As `vigil jobs serve` does it: gateway, broker, and supervised workers in processes of their own; or those alone.
'use strict';

const [, , packageDirectory, text] = process.argv;
const { withoutGateway = false, ...options } = JSON.parse(text);
const { JobServer } = require(`${packageDirectory}/dist/jobs`);

const warn = (line) => process.stderr.write(`${line}\n`);
const handlers = require.resolve('./handlers.cjs');
const server = new JobServer({ port: 0, ...options, handlers }, { withoutGateway, warn });

void server.start().then(({ port }) => process.send({ port }));
process.on('disconnect', () => process.exit());
