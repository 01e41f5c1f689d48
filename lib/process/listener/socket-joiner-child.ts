import { connect } from 'node:net';
import { JOIN_VARIABLE } from './receive-sockets.ts';
import { startOnChannel } from './start-courier.ts';

/**
 * Joins the channel of the supervisor that started it with the one that hands over its sockets.
 *
 * A process has one channel to a parent. So this one starts the receiver, for which the connection is
 * the channel, and the supervisor's channel a mere file descriptor to be passed on.
 */
const CHANNEL_FD = 3;

const connection = connect(process.env[JOIN_VARIABLE] ?? '');
connection.on('error', leave);
connection.once('connect', () => {
  startOnChannel('socket-receiver-child.js', [connection, CHANNEL_FD]);
  connection.destroy();
  leave();
});

/** What comes over the channel from now on is for others. */
function leave(): void {
  if (process.connected) process.disconnect();
}
