// The entry file. The first process that runs it becomes the monitor, and starts it again as the server.
import { randomUUID } from 'node:crypto';
import { AppliedSessionAgent, ServerWorker } from 'server-vigil';

class ShopAgent extends AppliedSessionAgent {
  config = {
    name: 'tea-shop-agent',
    ports: { server: Number(process.env.PORT ?? 3000) },
    polling: { route: '/health', intervalSeconds: 5 },
  };

  // In the monitor process, before the server is started. What lives here survives the server's crashes.
  initializeMonitor(monitor) {
    let sold = 0;
    monitor.on('sold', ({ grams }) => {
      sold += grams;
      return sold;
    });

    monitor.addReplCommand('price', [/[a-z]+/, /\d+(\.\d+)?/], async ([tea, price]) => {
      const { results, error } = await monitor.emit('setPrice', { tea, price: Number(price) });
      if (error) throw new Error(error.message);
      return results[0];
    });

    monitor.addExitHandler(() => monitor.mainLog(`sold in this session: ${sold} g`));
    return randomUUID(); // the session key
  }

  // In every server process.
  initializeServerWorker() {
    const worker = ServerWorker.Create(async () => {
      const { openShop } = await import('./shop.mjs');
      await openShop(worker);
    });
    return worker;
  }
}

await new ShopAgent().launch();
