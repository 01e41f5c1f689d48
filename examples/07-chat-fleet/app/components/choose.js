'use strict';

/** Always the same server of a type for the same name, as long as there are the same servers. */
module.exports = function choose(app, serverType, name) {
  const servers = [...app.getServersByType(serverType)].sort((a, b) => (a.id < b.id ? -1 : 1));
  if (servers.length === 0) throw new Error(`there is no ${serverType} server at the moment`);
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + letter.codePointAt(0)) >>> 0;
  return servers[hash % servers.length];
};
