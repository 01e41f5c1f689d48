import type { Field, GroupField } from '../../config/field.ts';
import { flag, group, integer, offUnlessGiven, path, seconds } from '../../config/field-makers.ts';
import { pollingField } from './polling-field.ts';
import { controlField, mailField, telemetryField, webhookField } from './reporting-fields.ts';
import { restartField } from './restart-field.ts';

const COLORS = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
  'gray',
  'grey',
];

/** Every key of `session.config.json`. */
export const SESSION_FIELDS: GroupField = group(
  'Configuration of a Vigil session. Durations are seconds.',
  {
    $schema: {
      kind: 'text',
      expected: 'a text',
      description: 'Where editors find this schema; Vigil ignores it.',
    },
    name: {
      kind: 'text',
      expected:
        'a name of at most 64 letters, digits, ".", "_" and "-", the first a letter or a digit',
      pattern: /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/,
      description: "The session's name: state directory, log prefix, `--name`.",
      defaultText: "the package's name, else the folder's",
    },
    showServerOutput: {
      ...flag("Pass the server's stdout and stderr through (they are kept in a ring either way)."),
      live: true,
    },
    ports: portsField(),
    identifiers: group('Prefixes of log lines.', {
      master: identifierField('lines of the monitor'),
      worker: identifierField('lines of the server'),
      exec: identifierField('lines of commands run by the monitor'),
    }),
    polling: pollingField(),
    startup: group('The start of a server process.', {
      deadlineSeconds: seconds(
        'From the start of the process to its first success; past it the start has failed.',
      ),
    }),
    heartbeat: group('Signs of life the server process sends to the monitor.', {
      intervalSeconds: seconds('Time between two beats.'),
      silenceSeconds: {
        ...seconds('A server process silent that long is hung; counted from ready.'),
        // The interval is not: a process that runs would go on beating as before, and be taken for hung.
        live: true,
      },
    }),
    restart: restartField(),
    shutdown: group(
      'The end of a server process; what is left of its tree then is killed.',
      {
        drainSeconds: seconds('Time for requests in flight to end.', { mayBeZero: true }),
        exitHandlerSeconds: seconds('Time for each exit handler.', { mayBeZero: true }),
      },
      { live: true },
    ),
    memory: group('Memory of the server process.', {
      limitMb: {
        ...offUnlessGiven({
          kind: 'number',
          min: 1,
          max: 16_777_216,
          description:
            'Resident memory above which, three samples in a row, the server is replaced by a verified reload.',
        }),
        live: true,
      },
    }),
    socket: group('The listening socket.', {
      hold: flag(
        'The monitor keeps the listening socket, so that connections wait for the next server process.',
      ),
    }),
    standby: flag('Keep one pre-loaded spare server process.'),
    serverProcess: {
      kind: 'choice',
      values: ['cluster', 'child'],
      description:
        '`child` starts the server as a plain child process, for servers that use `node:cluster` themselves.',
    },
    watch: {
      kind: 'list',
      item: path('A file or folder.'),
      orSingle: true,
      description: 'Files and folders whose change triggers a verified reload.',
    },
    watchdog: flag(
      'A thread of the server process that says what a stuck event loop is stuck in, and ends the process once the monitor is gone.',
    ),
    crashReports: crashReportsField(),
    quarantine: flag('Answer 503 for a suspect route for a while instead of dying of it.'),
    telemetry: telemetryField(),
    console: group("The monitor's console.", {
      eval: flag('`vigil console` may evaluate JavaScript in the monitor.'),
    }),
    logs: group("The server's output: on disk, read by `vigil logs`, and as it is shown.", {
      file: path('The file; rotated ones get a number.', '`<stateDirectory>/server.log`'),
      maxBytes: integer('Size at which the file is rotated.', 1, 1e12),
      keep: integer('Number of rotated files kept.', 0, 1000),
      prefix: flag(
        "Show the server's output line by line, with time and `identifiers.worker` before each line.",
      ),
    }),
    mail: mailField(),
    webhook: webhookField(),
    control: controlField(),
    stateDirectory: path(
      'Control socket, event log, crash reports, spool and lock.',
      '`.vigil/<name>`',
    ),
  },
);

function portsField(): GroupField {
  const port = integer('A TCP port, 0 for any free one.', 0, 65_535);
  return {
    ...group(
      'TCP ports by name. The server finds each as `<name>Port` in its environment.',
      {
        server: { ...port, description: 'The port the server listens on, 0 for any free one.' },
      },
      { live: true },
    ),
    rest: {
      name: /^[A-Za-z_][A-Za-z0-9_]{0,63}$/,
      nameExpected: 'a port name of letters, digits and "_"',
      field: port,
    },
  };
}

function identifierField(lines: string): Field {
  return group(`Prefix of ${lines}.`, {
    text: {
      kind: 'text',
      expected: 'at most 64 printable characters',
      pattern: /^[ -~\u00a0-\uffff]*$/,
      maxLength: 64,
      description: 'The prefix itself.',
    },
    color: { kind: 'choice', values: COLORS, description: 'Its color on a terminal.' },
  });
}

function crashReportsField(): Field {
  return group('Crash reports.', {
    directory: path('Where they are kept.', '`<stateDirectory>/crashes`'),
    keep: integer('Number of reports kept.', 0, 100_000),
    flightRecorder: flag('Record the requests in flight, to be read after any death.'),
    heapSnapshot: flag(
      'Write a heap snapshot when the JavaScript heap is exhausted. Everything in memory stands in it, secrets too; the three newest are kept.',
    ),
  });
}
