'use strict';

/** Keeps `inFlight` questions open until `answers` answers have come; gives answers a second. */
async function askMany(ask, { inFlight, bytes, answers }) {
  const payload = { number: 1, text: 'x'.repeat(bytes - 22) };
  let left = answers - inFlight;
  const begin = performance.now();
  const askAgain = async () => {
    do {
      const answer = await ask(payload);
      if (answer.error) throw new Error(answer.error.message);
    } while (left-- > 0);
  };
  await Promise.all(Array.from({ length: inFlight }, askAgain));
  return (answers / (performance.now() - begin)) * 1000;
}

module.exports = { askMany };
