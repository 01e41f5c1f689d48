// The server of the demo: an ordinary Express server, with four ways to go wrong.
'use strict';

const express = require('express');

const app = express();
let database = 'connected';

app.use((_request, response, next) => {
  response.set('x-served-by', String(process.pid));
  next();
});

app.get('/', (_request, response) => {
  response.send('green tea, 100 g\n');
});

app.get('/health', (_request, response) => {
  if (database !== 'connected') response.status(503);
  response.json({ database });
});

app.get('/checkout', (_request, response) => {
  console.log('checking out basket 17');
  setTimeout(() => response.send(totalOf(undefined)), 5);
});

app.get('/search', (_request, response) => {
  const words = 'a very very very very very very very very long list of words!';
  response.send(isPlain(words) ? 'found\n' : 'not found\n');
});

app.get('/lose-database', (_request, response) => {
  console.log('the connection to the database is lost');
  database = 'lost';
  response.send('lost\n');
});

function isPlain(text) {
  return /^(\w+\s?)*$/.test(text);
}

function totalOf(basket) {
  return basket.items.reduce((total, item) => total + item.price, 0);
}

app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', (error) => {
  if (error) throw error;
  console.log('the shop is open');
});
