// An ordinary server. What it serves is in menu.js, the part that changes from version to version.
'use strict';

const { createServer } = require('node:http');
const menu = require('./menu.js');

const server = createServer((_request, response) => {
  // Some work, so that there is always a request under way.
  setTimeout(() => response.end(`${menu.teaOfTheDay()}\n`), 20);
});
server.listen(Number(process.env.PORT ?? 3000));
