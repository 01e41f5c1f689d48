import { parseHandingMessage, type TakenSocket } from './handed-socket.ts';
import { startCourier } from './start-courier.ts';

/** Takes sockets from its channel, and has a courier pass them on to the supervisor whose channel it has inherited. */
const SUPERVISOR_FD = 4;

const taken: TakenSocket[] = [];
process.on('message', (received, handle) => {
  const message = parseHandingMessage(received);
  if (message === null) return;
  if ('total' in message) passOn(message.total);
  else if (handle !== undefined) taken.push({ ...message.socket, handle: handle as never });
});

function passOn(total: number): void {
  if (taken.length === total) startCourier(SUPERVISOR_FD, taken);
  process.disconnect();
}
