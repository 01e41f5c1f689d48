'use strict';

/**
 * Keeps so many requests under way for some time.
 *
 * @param options.ask - asks once, and resolves with the answer
 */
exports.keepAsking = async function keepAsking({ ask, inFlight, warmMs, forMs }) {
  const latencies = [];
  const startedAt = performance.now();
  const endsAt = startedAt + warmMs + forMs;
  const goOn = async () => {
    for (let now = performance.now(); now < endsAt;) {
      await ask();
      const answeredAt = performance.now();
      if (answeredAt > startedAt + warmMs && answeredAt <= endsAt) latencies.push(answeredAt - now);
      now = answeredAt;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, goOn));
  return describeRun(latencies, forMs);
};

exports.describeRun = describeRun;

function describeRun(latencies, forMs) {
  latencies.sort((a, b) => a - b);
  const part = (share) => latencies[Math.floor(latencies.length * share)] ?? null;
  const rate = (latencies.length / forMs) * 1000;
  return { rate, p50: part(0.5), p99: part(0.99) };
}
