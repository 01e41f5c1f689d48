'use strict';

const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const choose = require('./choose');
const listen = require('./listen');

/** Where everybody begins: hands out the page, and says which connector is theirs. */
module.exports = function gate(app) {
  const page = readFileSync(join(app.get('base'), 'page.html'));
  return listen(app, {
    'GET /': ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
    },
    'GET /connector': ({ url, response, answer }) => {
      const { id, host, port } = choose(app, 'connector', url.searchParams.get('user') ?? '');
      answer(response, 200, { id, url: `http://${host}:${port}` });
    },
  });
};
