import { VigilError } from '../errors.ts';
import { openWebSocket } from '../websocket/web-socket-server.ts';
import { EXIT } from './exit-codes.ts';
import { createInterruption } from './interruption.ts';
import { checkUrl } from './jobs-address.ts';
import { toPrintable } from './output.ts';
import { readNumber } from './stream-address.ts';
import type { Verb, VerbCall, VerbFlag } from './verb.ts';

const PRIORITY_FLAG: VerbFlag = {
  name: 'priority',
  kind: 'number',
  describe: '1 to 10, higher first (default 5)',
};
const TIMEOUT_FLAG: VerbFlag = {
  name: 'timeout',
  kind: 'number',
  value: 'SECONDS',
  describe: 'after so long the job is of no use any more',
};
const LONGEST_SECONDS = 31_536_000;

/** `vigil jobs submit`. @lazy */
export const jobsSubmitVerb: Verb = {
  name: 'jobs submit',
  describe: 'sends a job to a gateway',
  words: [
    { name: 'url', describe: 'the gateway, such as ws://127.0.0.1:8900/jobs' },
    { name: 'name', describe: 'what is to be done' },
    { name: 'args', describe: 'its arguments as JSON (default {})', isOptional: true },
  ],
  flags: [
    { name: 'wait', alias: 'w', kind: 'switch', describe: 'wait for the result and print it' },
    { name: 'id', kind: 'text', value: 'ID', describe: 'its id (default: a random one)' },
    PRIORITY_FLAG,
    TIMEOUT_FLAG,
    { name: 'token', kind: 'text', value: 'TOKEN', describe: 'what the gateway asks for' },
    { name: 'json', kind: 'switch', describe: 'print what comes, one JSON object a line' },
  ],
  examples: [
    `vigil jobs submit ws://127.0.0.1:8900/jobs resize '{"width":80}' --wait`,
    'vigil jobs submit ws://127.0.0.1:8900/jobs nightly --timeout 3600',
  ],
  async run(call) {
    const url = checkUrl(call.arguments.text('url') ?? '');
    const job = readJob(call);
    return new Submission(call, job).send(url);
  },
};

interface Job {
  readonly type: 'job';
  readonly id: string;
  readonly name: string;
  readonly args: unknown;
  readonly priority?: number;
  readonly timeoutMs?: number;
}

function readJob({ arguments: given }: VerbCall): Job {
  const { randomUUID } = require('node:crypto') as typeof import('node:crypto');
  const priority = readNumber(given, PRIORITY_FLAG, { least: 1, most: 10 });
  const seconds = readNumber(given, TIMEOUT_FLAG, {
    least: 0.001,
    most: LONGEST_SECONDS,
    isWhole: false,
  });
  return {
    type: 'job',
    id: given.text('id') ?? randomUUID(),
    name: given.text('name') ?? '',
    args: parseArgs(given.text('args') ?? '{}'),
    ...(priority === undefined ? {} : { priority }),
    ...(seconds === undefined ? {} : { timeoutMs: Math.ceil(seconds * 1000) }),
  };
}

function parseArgs(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new VigilError('ERR_USAGE', `the arguments are no JSON: ${reason}`, { cause });
  }
}

/** What a gateway says; of what it is not here, nothing is taken for granted. */
interface Message {
  readonly type?: unknown;
  readonly id?: unknown;
  readonly ok?: unknown;
  readonly value?: unknown;
  readonly worker?: unknown;
  readonly clientId?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly error?: { readonly code?: unknown; readonly message?: unknown };
}

/** One job on its way through a connection of its own. */
class Submission {
  readonly #call: VerbCall;
  readonly #job: Job;
  #client = '';
  #wasOpen = false;

  constructor(call: VerbCall, job: Job) {
    this.#call = call;
    this.#job = job;
  }

  send(url: string): Promise<number> {
    const token = this.#call.arguments.text('token');
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const socket = openWebSocket(url, headers);
    const interruption = createInterruption();
    return new Promise((resolve, reject) => {
      const end = (code: number): void => {
        resolve(code);
        socket.close();
      };
      interruption.addEventListener('abort', () => {
        end(EXIT.interrupted);
      });
      socket.on('message', (data: Buffer) => {
        const code = this.#hear(data.toString(), socket);
        if (code !== null) end(code);
      });
      socket.once('error', (error) => {
        reject(unreachable(url, error.message));
      });
      socket.once('close', (code, reason) => {
        const said = reason.toString() || `code ${String(code)}`;
        const text = this.#wasOpen ? `it has hung up: ${said}` : said;
        reject(unreachable(url, text));
      });
    });
  }

  /** @returns the exit code once all is said */
  #hear(text: string, socket: ReturnType<typeof openWebSocket>): number | null {
    const message = JSON.parse(text) as Message;
    if (this.#call.arguments.isOn('json')) this.#call.output.printJsonLine(message);
    if (message.type === 'hello') {
      this.#wasOpen = true;
      this.#client = String(message.clientId);
      socket.send(JSON.stringify(this.#job));
      return null;
    }
    if (message.id !== this.#job.id) return message.type === 'error' ? this.#fail(message) : null;
    return this.#hearOfJob(message, socket);
  }

  #hearOfJob(message: Message, socket: ReturnType<typeof openWebSocket>): number | null {
    switch (message.type) {
      case 'accepted':
        return this.#accept();
      case 'started':
        return this.#note(`started by ${String(message.worker)}`);
      case 'progress':
        return this.#note(`progress: ${JSON.stringify(message.value)}`);
      case 'result':
        socket.send(JSON.stringify({ type: 'ack', id: this.#job.id }));
        return this.#conclude(message);
      case 'cancelled':
        return this.#fail({ code: 'cancelled', message: 'it was cancelled' });
      case 'error':
        return this.#fail(message);
      default:
        return null;
    }
  }

  #accept(): number | null {
    const { output, arguments: given } = this.#call;
    if (given.isOn('wait')) return null;
    if (!given.isOn('json')) output.print(`${this.#client}/${this.#job.id}`);
    return EXIT.ok;
  }

  #note(text: string): null {
    const { output, arguments: given } = this.#call;
    if (!given.isOn('json')) output.note(toPrintable(text));
    return null;
  }

  #conclude({ ok, value, error = {} }: Message): number {
    const { output, arguments: given } = this.#call;
    if (ok !== true) return this.#fail(error);
    if (!given.isOn('json')) output.printJson(value);
    return EXIT.ok;
  }

  #fail({ code, message }: Pick<Message, 'code' | 'message'>): number {
    this.#call.output.note(toPrintable(`the job failed: ${String(code)}: ${String(message)}`));
    return EXIT.failed;
  }
}

function unreachable(url: string, reason: string): VigilError {
  return new VigilError(
    'ERR_SESSION_NOT_RUNNING',
    `no gateway can be reached at ${url}: ${reason}`,
  );
}
