const { createServer } = require('node:http');

const server = createServer((request, response) => {
  if (request.url === '/health') return response.end('well\n');
  if (request.url === '/spill') throw new Error('the tea is spilt');
  response.end('green tea\n');
});

server.listen(process.env.PORT);
