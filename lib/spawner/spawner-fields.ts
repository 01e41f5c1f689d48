import type { Field, GroupField } from '../config/field.ts';
import { flag, group, integer, offUnlessGiven, path, seconds } from '../config/field-makers.ts';
import {
  accessToken,
  allowedOrigins,
  hostName,
  SCHEMA_FIELD,
  serverName,
} from '../config/server-fields.ts';

/** Every key of `spawner.config.json`. */
export const SPAWNER_FIELDS: GroupField = group(
  'Configuration of a Vigil spawner. Durations are seconds.',
  {
    $schema: SCHEMA_FIELD,
    name: serverName("The spawner's name: state directory, `--name`."),
    port: integer('The port it listens on, 0 for any free one.', 0, 65_535),
    host: hostName('The name or address it listens on.'),
    publicHostname: offUnlessGiven(
      hostName('The name under which clients reach the servers, in the addresses they are given.'),
    ),
    livelinessUrl: offUnlessGiven({
      kind: 'text',
      expected: 'an address such as "http://spawner:55555"',
      pattern: /^https?:\/\/[^/\s]+$/,
      isUrl: true,
      description:
        'Where the servers reach the spawner, when that is not the address it listens on.',
    }),
    ports: group('The ports of the servers.', {
      begin: integer('The first of them.', 1, 65_535),
      max: integer('How many: the bound on servers at a time.', 1, 10_000),
    }),
    command: {
      kind: 'list',
      item: argument('A word of the command line.'),
      minLength: 1,
      description:
        'The program and its arguments, without a shell: `{id}`, `{port}`, `{liveliness}`, `{rendererType}`, `{params.NAME}` and `{params.NAME!}` are filled in.',
    },
    directory: path('Working directory of the servers.', 'the folder of the config file'),
    env: {
      ...group(
        'Added to the environment of the servers, for what does not belong into a command line.',
        {},
      ),
      rest: {
        name: /^[A-Za-z_][A-Za-z0-9_]*$/,
        nameExpected: 'the name of a variable',
        field: { ...argument('Its value.'), secret: true },
      },
    },
    rendererTypes: rendererTypesField(),
    ...lifeFields(),
    warm: integer(
      'How many servers of the default rendererType are started beforehand, for requests without params.',
      0,
      10_000,
    ),
    queue: group('Those who wait for a port.', {
      max: integer('How many may wait.', 0, 100_000),
      waitSeconds: seconds('How long each of them may.'),
    }),
    singleFlight: flag(
      'Equal requests that are made while the first of them is held get one server together.',
    ),
    ...accessFields(),
    proxy: flag('WebSockets at `/` and `/proxy/ID` are passed on to the servers.'),
    exitCodes: {
      ...group('What exit codes of the program mean.', {}),
      rest: {
        name: /^\d{1,3}$/,
        nameExpected: 'an exit code',
        field: argument('Its meaning, in words.'),
      },
    },
    logs: group('What the servers write.', {
      directory: path('Where it is kept, two files for each server.', '`<stateDirectory>/logs`'),
      maxBytes: integer(
        'Size at which a file is begun anew; its former part is kept once.',
        1,
        1e12,
      ),
      keep: integer('How many ended servers are kept.', 0, 10_000),
    }),
    stateDirectory: path('State of the servers, event log, lock.', '`.vigil/<name>`'),
  },
  { required: ['command'] },
);

function argument(description: string): Extract<Field, { kind: 'text' }> {
  return { kind: 'text', expected: 'a text without NUL', pattern: /^[^\0]*$/, description };
}

function rendererTypesField(): GroupField {
  const type = group('A kind of server.', {
    args: {
      kind: 'list',
      item: argument('A word of the command line.'),
      description: 'Added to the command.',
    },
  });
  return {
    ...group('The kinds of server that may be asked for; `csr` is the default.', {}),
    rest: {
      name: /^[A-Za-z][A-Za-z0-9-]{0,63}$/,
      nameExpected: 'a name of letters, digits and "-"',
      field: {
        kind: 'off',
        on: type,
        allowsNull: false,
        description: 'A kind of server; `false` switches it off.',
      },
    },
  };
}

function lifeFields(): Record<string, Field> {
  return {
    livelinessIntervalSeconds: seconds(
      'How often a server says that it lives. Silent for twice that and 2 s it is suspect, for three times that and 2 s it is ended.',
    ),
    livelinessSecret: flag(
      'The address a server reports to holds a key of its own; without it whoever knows the id can report.',
    ),
    startDeadlineSeconds: seconds(
      'From the start of a server to its `ready`; past it it is killed.',
    ),
    initialUseSeconds: offUnlessGiven(
      seconds('A server that nobody has used so long after it was handed out is ended.'),
    ),
    idleSeconds: offUnlessGiven(seconds('A server that was not used for so long is ended.')),
    maxLifetimeSeconds: offUnlessGiven(
      seconds('A server is ended so long after it was handed out.'),
    ),
  };
}

function accessFields(): Record<string, Field> {
  return {
    token: accessToken('Asked for, as bearer token, by everything but liveliness and `/healthz`.'),
    allowedOrigins: allowedOrigins(
      "Whose pages may ask, beside the spawner's own and those of this machine; `*` is everybody's.",
    ),
    tls: offUnlessGiven(
      group(
        'The spawner speaks HTTPS.',
        { certFile: path('The certificate, PEM.'), keyFile: path('Its key, PEM.') },
        { required: ['certFile', 'keyFile'] },
      ),
    ),
  };
}
