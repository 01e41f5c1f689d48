// node client.mjs CONFIG.json [URL]: prints the events that the configuration asks for, one a line.
import { readFile } from 'node:fs/promises';
import WebSocket from 'ws';
import { follow } from './stream-client.mjs';

const [, , file = 'simple.json', url = 'ws://127.0.0.1:8887/websocket/lwes'] = process.argv;
const config = JSON.parse(await readFile(file, 'utf8'));

const end = follow(
  url,
  config,
  {
    onEvents: (events) => {
      for (const { name, attrs } of events) console.log(name, JSON.stringify(attrs));
    },
    onMessage: (text) => console.error(text),
    onState: (text) => console.error(text),
  },
  WebSocket,
);

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, end);
