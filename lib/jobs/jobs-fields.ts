import type { Field, GroupField } from '../config/field.ts';
import { group, integer, offUnlessGiven, path, seconds } from '../config/field-makers.ts';
import {
  accessToken,
  allowedOrigins,
  hostName,
  SCHEMA_FIELD,
  serverName,
} from '../config/server-fields.ts';

/** Every key of `jobs.config.json`. */
export const JOBS_FIELDS: GroupField = group(
  'Configuration of Vigil jobs: gateways and workers. Durations are seconds.',
  {
    $schema: SCHEMA_FIELD,
    name: serverName('What it is called: state directory, `--name`.'),
    handlers: offUnlessGiven(path('The module with the handlers, for `serve` and `worker`.')),
    port: integer('The port that clients connect to, 0 for any free one.', 0, 65_535),
    host: hostName('The name or address it listens on.'),
    broker: {
      ...offUnlessGiven({
        kind: 'text',
        expected: '"memory:", "file:DIR" or "amqp://HOST,HOST,…"',
        pattern: /^(?:memory:$|file:.|amqps?:\/\/.)/,
        secret: true,
        description:
          'What keeps the jobs: `memory:`, `file:DIR`, or RabbitMQ as `amqp://user:password@host:port,host:port/vhost`.',
      }),
      defaultText: 'of `serve`: `file:<stateDirectory>/broker`',
    },
    ...workerFields(),
    ...clientFields(),
    drainSeconds: seconds('How long an ending gateway waits for the jobs that are open.', {
      mayBeZero: true,
    }),
    stateDirectory: path('State, log, the embedded broker.', '`.vigil/<name>`'),
  },
);

function workerFields(): Record<string, Field> {
  return {
    workers: integer('Worker processes.', 1, 1000),
    concurrency: integer('Jobs that one worker process runs at a time.', 1, 10_000),
    maxAttempts: integer('Workers that one job may kill before it is put aside.', 1, 100),
    cancelGraceSeconds: seconds(
      'From the `signal` of a handler to SIGTERM, and from there to SIGKILL.',
    ),
    silenceSeconds: seconds(
      'A worker whose event loop has not turned for so long is hung, and killed.',
    ),
    consumerTimeoutSeconds: offUnlessGiven(
      seconds(
        'The `consumer_timeout` of RabbitMQ: a job that takes a third of it is kept by a lease from then on. `false` where jobs may take as long as they do.',
      ),
    ),
  };
}

function clientFields(): Record<string, Field> {
  return {
    maxJobsPerClient: integer('Jobs that one client may have open.', 1, 1_000_000),
    maxClients: integer('Clients at a time.', 1, 100_000),
    maxFrameBytes: integer('The longest message of a client, in bytes.', 1024, 256 * 1024 * 1024),
    resultTtlSeconds: seconds('How long a result that nobody has acknowledged is kept.'),
    noWorkersSeconds: offUnlessGiven(
      seconds('A job that has waited so long without a worker of its name fails.'),
    ),
    token: accessToken(
      'Asked for, as bearer token or as `?token=`, by everything but `/healthz` and `/client.js`.',
    ),
    allowedOrigins: allowedOrigins(
      "Whose pages may connect, beside the gateway's own and those of this machine; `*` is everybody's.",
    ),
  };
}
