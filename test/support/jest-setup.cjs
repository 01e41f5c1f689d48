'use strict';

afterAll(async () => {
  // Node emits a warning in the tick after its cause.
  await new Promise((resolve) => setImmediate(resolve));
  const warnings = globalThis.processWarnings.splice(0);
  if (warnings.length > 0) {
    throw new Error(`Node warned during this test file:\n${warnings.join('\n')}`);
  }
});
