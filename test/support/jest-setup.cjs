'use strict';

// Not before: in its own process the runner measures by itself, and the two disturb each other.
if (process.env.COVERAGE_OF_CHILDREN !== undefined)
  process.env.NODE_V8_COVERAGE = process.env.COVERAGE_OF_CHILDREN;

afterAll(async () => {
  // A file that was left open is told of when it is collected: here, and not in the files after this one.
  // Node emits a warning in the tick after its cause.
  for (let tick = 0; tick < 2; tick += 1) {
    globalThis.collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const warnings = globalThis.processWarnings.splice(0);
  if (warnings.length > 0) {
    throw new Error(`Node warned during this test file:\n${warnings.join('\n')}`);
  }
});
