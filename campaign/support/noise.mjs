import { once } from 'node:events';
import { connect } from 'node:net';
import { pause } from '../../bench/support/pause.mjs';

const LISTENS_MS = 100;

const HTTP = [
  'GET\r\n\r\n',
  'GET / HTTP/9.9\r\nhost: x\r\n\r\n',
  `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`,
  'POST /spawn HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  'POST / HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
  'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000000\r\n\r\n{"half":',
  'GET /%00/../../etc/passwd?a[b]=%ff HTTP/1.1\r\nhost: localhost\r\n\r\n',
  'GET / HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
  'GET / HTTP/1.1\r\nhost: localhost\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n',
];

// A connection of MQTT, and then what is none, is half of it, or says what nobody may say.
const CONNECT = Buffer.from('100f00044d5154540400003c000378797a', 'hex');
const MQTT = [
  Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]),
  Buffer.from([0x30, 0xff, 0xff, 0x03, 0x00]),
  Buffer.from([0x20, 0x02, 0x00, 0x00]),
  Buffer.concat([Buffer.from([0x30, 16, 0, 8]), Buffer.from('register{"type')]),
  Buffer.concat([Buffer.from([0x30, 16, 0, 7]), Buffer.from('monitor{"x":1}')]),
  Buffer.from([0xf0, 0x00]),
];

/** What means nothing over HTTP, to a port. */
export function sendBrokenHttp(port, random) {
  return sendBytes(port, Buffer.from(random.pick(HTTP)));
}

/** What means nothing at all. */
export function sendNoise(port, random) {
  return sendBytes(port, random.bytes(1 + random.integer(3000)));
}

export function sendBrokenMqtt(port, random) {
  const bytes = random.integer(2) === 0 ? random.pick(MQTT) : random.bytes(200);
  return sendBytes(port, random.integer(4) === 0 ? bytes : Buffer.concat([CONNECT, bytes]));
}

/** Frames that no client may send, after a handshake like any other. */
export async function sendBrokenFrames(port, path, random) {
  const key = random.bytes(16).toString('base64');
  const head = `GET ${path} HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\n`;
  const frames = random.pick([
    Buffer.from([0x81, 0x05, 0x68, 0x65]),
    Buffer.from([0xff, 0xff]),
    Buffer.from([0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    Buffer.from([0x89, 0xfe, 0x01, 0x00, 1, 2, 3, 4]),
    Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe]),
    random.bytes(300),
  ]);
  const handshake = `${head}sec-websocket-version: 13\r\nsec-websocket-key: ${key}\r\n\r\n`;
  await sendBytes(port, Buffer.from(handshake), frames);
}

/** The other end may do with the connection whatever it likes; it is cut in the end. */
async function sendBytes(port, first, second = null) {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined).resume();
  const closed = once(socket, 'close').catch(() => undefined);
  socket.write(first);
  if (second !== null) {
    await Promise.race([once(socket, 'data').catch(() => undefined), closed, pause(1000)]);
    socket.write(second);
  }
  await Promise.race([closed, pause(LISTENS_MS)]);
  socket.destroy();
}
