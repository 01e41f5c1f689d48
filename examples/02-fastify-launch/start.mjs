// The new entry file: run this one instead of server.mjs.
import { launch } from 'server-vigil';

await launch({
  // Runs in the server process.
  work: () => import('./server.mjs'),

  // Runs in the server process, before `work`.
  initializeServerWorker(worker) {
    worker.addExitHandler(async (reason) => {
      const { app } = await import('./server.mjs');
      await app.close();
      worker.lifecycleNotification(`closed Fastify, because ${explain(reason)}`);
    });
  },

  // Runs in the monitor process.
  initializeMonitor(monitor) {
    monitor.coreHooks.onCrashDetected(({ error, death }) => {
      monitor.mainLog(`noted for the weekly report: ${death.cause}, ${error.message}`);
    });
  },

  config: {
    name: 'tea-shop-launch',
    ports: { server: Number(process.env.PORT ?? 3000) },
    polling: { route: '/health', intervalSeconds: 5 },
  },
});

function explain(reason) {
  if (reason === true) return 'the session ends';
  if (reason === false) return 'this process is being replaced';
  return `it crashed: ${reason.message}`;
}
