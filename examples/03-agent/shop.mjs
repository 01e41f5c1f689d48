// The server itself. It is told the worker, its line to the monitor.
import { createServer } from 'node:http';

const prices = new Map([
  ['oolong', 12],
  ['sencha', 9],
]);

export async function openShop(worker) {
  worker.on('setPrice', ({ tea, price }) => {
    if (!prices.has(tea)) throw new Error(`there is no ${tea}`);
    prices.set(tea, price);
    return `${tea} is now ${price} a pack`;
  });

  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://shop');
    if (pathname === '/health') return void response.end('ok\n');
    if (pathname === '/prices') return void response.end(`${JSON.stringify([...prices])}\n`);
    if (pathname === '/fire') throw new Error('the kettle is on fire');
    const grams = Number(searchParams.get('grams') ?? 0);
    const { results, error } = await worker.emit('sold', { grams });
    response.end(error ? `${error.message}\n` : `${results[0]} g sold so far\n`);
  });

  // Run in reverse order of registration: first the till, then the shop.
  worker.addExitHandler(() => worker.lifecycleNotification('the shop is locked'));
  worker.addExitHandler((reason) => {
    worker.lifecycleNotification(`the till is counted, ${describe(reason)}`);
  });

  await new Promise((resolve) => server.listen(Number(process.env.PORT), '127.0.0.1', resolve));
}

function describe(reason) {
  if (reason === true) return 'the day is over';
  if (reason === false) return 'the next shift takes over';
  return `in a hurry: ${reason.message}`;
}
