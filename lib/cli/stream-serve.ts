import { isIP } from 'node:net';
import { VigilError } from '../errors.ts';
import { parseLwesAddress } from '../lwes/lwes-address.ts';
import type { StreamEvent } from '../stream/stream-event.ts';
import type { StreamOptions } from '../stream/stream-options.ts';
import { StreamServer } from '../stream/stream-server.ts';
import { EXIT } from './exit-codes.ts';
import { toPrintable } from './output.ts';
import { INTERFACE_FLAG, readNumber } from './stream-address.ts';
import type { Verb, VerbArguments, VerbCall, VerbFlag } from './verb.ts';

const SAMPLES = { host: '224.0.0.69', port: 9191 };
const HIGHEST_PORT = 65_535;
const BYTES_PER_MEGABYTE = 1e6;
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'];

const PORT_FLAG: VerbFlag = {
  name: 'port',
  alias: 'p',
  kind: 'number',
  describe: 'where it listens (default 8887), 0 for any free port',
};

const MEGABYTES_FLAG: VerbFlag = {
  name: 'rotate-mb',
  alias: 'm',
  kind: 'number',
  describe: 'begin a new journal before it is larger',
};

/** `vigil stream serve`. @lazy */
export const streamServeVerb: Verb = {
  name: 'stream serve',
  describe: 'serves the events of channels over WebSockets',
  flags: [
    PORT_FLAG,
    { name: 'host', kind: 'text', value: 'HOST', describe: 'address to listen on (127.0.0.1)' },
    {
      name: 'emit',
      alias: 'e',
      kind: 'switch',
      describe: `also emits a test event a second on ${SAMPLES.host}:${SAMPLES.port}`,
    },
    {
      name: 'allow-channel',
      kind: 'list',
      value: 'IP:PORT',
      describe: 'a channel clients may ask for (default: any)',
    },
    { name: 'token', kind: 'text', value: 'TOKEN', describe: 'what clients have to show' },
    {
      name: 'allow-origin',
      kind: 'list',
      value: 'ORIGIN',
      describe: 'a site whose pages may connect, such as https://app.example',
    },
    INTERFACE_FLAG,
    {
      name: 'journal',
      kind: 'text',
      value: 'FILE',
      completes: 'files',
      describe: 'keep every datagram in it, packed when it ends in .gz',
    },
    MEGABYTES_FLAG,
    {
      name: 'log-level',
      alias: 'l',
      kind: 'text',
      value: 'LEVEL',
      completes: LEVELS,
      describe: 'what it writes to stderr: info tells of clients (default warn)',
    },
    { name: 'json', kind: 'switch', describe: 'print what happens, one JSON object a line' },
  ],
  examples: [
    'vigil stream serve --emit',
    'vigil stream serve -p 0 --allow-channel 224.0.0.69:9191 --token secret',
  ],
  async run(call) {
    const level = readLevel(call);
    const isJson = call.arguments.isOn('json');
    const server = new StreamServer(readOptions(call), {
      clock: call.clock,
      warn: (line) => {
        if (level <= LEVELS.indexOf('warn')) call.output.note(toPrintable(line));
      },
    });
    server.events.subscribe((event) => {
      if (isJson) call.output.printJsonLine(event);
      if (level <= LEVELS.indexOf('info')) call.output.note(toPrintable(describe(event)));
    });
    const ending = obeySignals(server);
    const stopSamples = call.arguments.isOn('emit') ? startSamples(call) : null;
    try {
      const { url } = await server.start();
      const line = `stream listens at ${url}`;
      if (isJson) call.output.note(line);
      else call.output.print(line);
      await server.ended;
    } finally {
      await stopSamples?.();
    }
    return ending.interrupts > 1 ? EXIT.interrupted : EXIT.ok;
  },
};

function readOptions({ arguments: given }: VerbCall): StreamOptions {
  const port = readNumber(given, PORT_FLAG, { least: 0, most: HIGHEST_PORT });
  const host = given.text('host');
  const at = readInterface(given);
  return {
    ...(port === undefined ? {} : { port }),
    ...(host === undefined ? {} : { host }),
    ...(at === undefined ? {} : { interface: at }),
    ...readJournal(given),
    token: readToken(given),
    allowedOrigins: given.list('allow-origin').map(readOrigin),
    allowedChannels: given.list('allow-channel').map((text) => {
      if (parseLwesAddress(text) !== null) return text;
      throw new VigilError('ERR_USAGE', `--allow-channel: expected IP:PORT, found "${text}"`);
    }),
  };
}

/** An empty one is a variable that was not set. */
function readToken(given: VerbArguments): string | null {
  const token = given.text('token');
  if (token !== '') return token ?? null;
  throw new VigilError('ERR_USAGE', '--token: expected a text, found ""');
}

function readOrigin(text: string): string {
  const [, origin] = /^(\*|null|[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]+)\/?$/i.exec(text) ?? [];
  if (origin !== undefined) return origin;
  const expected = 'a site such as https://app.example';
  throw new VigilError('ERR_USAGE', `--allow-origin: expected ${expected}, found "${text}"`);
}

function readInterface(given: VerbArguments): string | undefined {
  const address = given.text('interface');
  if (address === undefined || isIP(address) !== 0) return address;
  const expected = 'an address of this machine';
  throw new VigilError('ERR_USAGE', `--interface: expected ${expected}, found "${address}"`);
}

function readJournal(given: VerbArguments): Pick<StreamOptions, 'journal'> {
  const path = given.text('journal');
  const megabytes = readNumber(given, MEGABYTES_FLAG, { least: 0.001, most: 1e9, isWhole: false });
  if (path === undefined) return {};
  const limit = megabytes === undefined ? {} : { maxFileBytes: megabytes * BYTES_PER_MEGABYTE };
  return { journal: { path, ...limit } };
}

function readLevel({ arguments: given }: VerbCall): number {
  const name = given.text('log-level') ?? 'warn';
  const level = LEVELS.indexOf(name);
  if (level !== -1) return level;
  const expected = `one of ${LEVELS.join(', ')}`;
  throw new VigilError('ERR_USAGE', `--log-level: expected ${expected}, found "${name}"`);
}

/** @returns what ends it */
function startSamples({ arguments: given, clock, output }: VerbCall): () => Promise<void> {
  const { SampleEmitter } =
    require('../stream/sample-emitter') as typeof import('../stream/sample-emitter.ts');
  const at = given.text('interface');
  const emitter = new SampleEmitter({
    ...SAMPLES,
    ...(at === undefined ? {} : { interface: at }),
    clock,
    onTrouble: (error) => {
      output.note(error.message);
    },
  });
  emitter.start();
  return () => emitter.close();
}

/** The first SIGINT or SIGTERM ends in order, a second SIGINT at once. */
function obeySignals(server: StreamServer): { interrupts: number } {
  const ending = { interrupts: 0 };
  process.on('SIGTERM', () => void server.close());
  process.on('SIGINT', () => {
    ending.interrupts += 1;
    void (ending.interrupts > 1 ? server.kill() : server.close());
  });
  return ending;
}

function describe(event: StreamEvent): string {
  const { type, channel } = event;
  switch (type) {
    case 'channel.opened':
    case 'channel.closed':
      return `${type} ${channel}`;
    case 'client.joined':
      return `${type} ${channel} client ${event.id}`;
    case 'client.left':
      return `${type} ${channel} client ${event.id}: ${event.reason}`;
    case 'client.dropped':
      return `${type} ${channel} client ${event.id}: ${event.count} events`;
  }
}
