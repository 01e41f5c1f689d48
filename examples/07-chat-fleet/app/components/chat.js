'use strict';

const listen = require('./listen');

/** Has the rooms: numbers what is said in one, and tells every connector. */
module.exports = function chat(app) {
  const counts = new Map();

  return listen(app, {
    'POST /say': async ({ body, response, answer }) => {
      const { room, user, text } = body;
      const number = (counts.get(room) ?? 0) + 1;
      counts.set(room, number);
      const message = { room, from: user, text, number, by: app.getServerId() };
      const connectors = app.getServersByType('connector');
      // One that is just being started again has nobody to tell it to.
      await Promise.allSettled(
        connectors.map(({ host, port }) =>
          fetch(`http://${host}:${port}/deliver`, {
            method: 'POST',
            body: JSON.stringify(message),
          }),
        ),
      );
      answer(response, 200, { number });
    },
  });
};
