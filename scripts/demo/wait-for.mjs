/** Resolves with what `find` gives, looked for now and after each event of the emitter. */
export function waitFor(emitter, name, { find, what, signal, withinMs = 15_000 }) {
  return new Promise((resolve, reject) => {
    const look = () => {
      const found = find();
      if (found !== undefined) settle(resolve, found);
    };
    const onAbort = () => settle(reject, signal.reason);
    const timer = setTimeout(() => {
      settle(reject, new Error(`no ${what} within ${withinMs / 1000} s`));
    }, withinMs);
    const settle = (how, value) => {
      clearTimeout(timer);
      emitter.off(name, look);
      signal.removeEventListener('abort', onAbort);
      how(value);
    };
    emitter.on(name, look);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    else look();
  });
}
