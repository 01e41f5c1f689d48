'use strict';

module.exports = {
  afterStartAll(app) {
    process.stdout.write(`${app.getServerId()}: everybody is here, the rooms are open\n`);
  },
};
