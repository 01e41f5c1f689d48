const BASE = 'http://localhost:55555';
const JSON_TYPE = "-H 'content-type: application/json'";

/** What a spawner can be asked, with a command line for each. */
export const API_HELP = {
  commands: [
    [
      'starts a server and answers when it is ready',
      `curl -X POST ${JSON_TYPE} -d '{"rendererType":"csr"}' ${BASE}/spawn`,
    ],
    [
      'the same, in the form of a service',
      `curl -X POST ${JSON_TYPE} -d '{"class":"csr_session","params":{}}' ${BASE}/service`,
    ],
    ['takes what a server says of itself', `curl -X POST '${BASE}/liveliness/ID?liveliness=ping'`],
    ['shows the servers', `curl ${BASE}/api/spawns`],
    ['shows one server, with the end of its output', `curl ${BASE}/api/spawns/ID`],
    ['ends a server', `curl -X DELETE ${BASE}/api/spawns/ID`],
    ['shows ports, queue and counts', `curl ${BASE}/api/status`],
    ['figures for Prometheus', `curl ${BASE}/metrics`],
    ['ends the spawner and its servers', `curl -X POST ${BASE}/api/shutdown`],
  ].map(([what, curl]) => ({ what, curl })),
};
