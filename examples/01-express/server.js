// An ordinary Express server. Nothing in this file knows of Vigil.
'use strict';

const express = require('express');

const orders = new Map([
  ['1', { item: 'green tea', grams: 100 }],
  ['2', { item: 'oolong', grams: 250 }],
]);

const app = express();

app.get('/', (_request, response) => {
  response.send(`tea shop, served by process ${process.pid}\n`);
});

app.get('/health', (_request, response) => {
  response.json({ ok: true });
});

app.get('/orders/:id', (request, response) => {
  findOrder(request.params.id, (order) => {
    response.json({ item: order.item, grams: order.grams });
  });
});

// A bug of the common kind: for an order that is not there the callback gets undefined,
// and it runs after the route has returned, where no try and no middleware can catch it.
function findOrder(id, callback) {
  setTimeout(() => callback(orders.get(id)), 5);
}

const port = Number(process.env.PORT ?? 3000);
app.listen(port, (error) => {
  if (error) throw error;
  console.log('the shop is open');
});
