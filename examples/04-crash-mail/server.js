'use strict';

const express = require('express');

const app = express();

app.get('/', (_request, response) => {
  response.send(`tea shop, served by process ${process.pid}\n`);
});

app.get('/checkout', (_request, response) => {
  console.log('checking out basket 17');
  setTimeout(() => response.send(totalOf(undefined)), 5);
});

function totalOf(basket) {
  return basket.items.reduce((total, item) => total + item.price, 0);
}

const port = Number(process.env.PORT ?? 3000);
app.listen(port, (error) => {
  if (error) throw error;
  console.log('the shop is open');
});
