'use strict';
// Work that goes well, that takes its time, and that ends its worker.

const wait = (ms, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

module.exports = {
  echo: (args) => args,
  slow: async (args, { signal, progress }) => {
    progress('half');
    await wait(args.ms, signal);
    return args;
  },
  fail: () => {
    throw Object.assign(new Error('as it was asked to'), { code: 'asked' });
  },
  poison: () => process.kill(process.pid, 'SIGKILL'),
};
