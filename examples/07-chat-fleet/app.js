'use strict';

const { createApp } = require('server-vigil/fleet');

// This file runs in every process of the fleet: in the master, and in each server with its own words.
const app = createApp();

app.configure('all', 'gate', () => {
  app.load(require('./app/components/gate'));
});
app.configure('all', 'connector', () => {
  app.load(require('./app/components/connector'));
});
app.configure('all', 'chat', () => {
  app.load(require('./app/components/chat'));
});

app.start();
