import { VigilError } from '../errors.ts';
import type { SubmitOptions } from '../jobs/client/client-job.ts';
import { isPassing } from '../jobs/client/is-passing.ts';
import { JobClient } from '../jobs/client/job-client.ts';
import type { JobError } from '../jobs/client/job-error.ts';
import type { Timer } from '../util/clock.ts';
import { createDeferred } from '../util/deferred.ts';
import { EXIT } from './exit-codes.ts';
import { createInterruption } from './interruption.ts';
import { checkUrl } from './jobs-address.ts';
import { toPrintable } from './output.ts';
import { readNumber } from './stream-address.ts';
import type { Verb, VerbCall, VerbFlag } from './verb.ts';
import { createWatchedSocket } from './watched-socket.ts';

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
    return new Submission(call, readJob(call)).send(url);
  },
};

interface Job {
  readonly name: string;
  readonly args: unknown;
  readonly options: SubmitOptions & { readonly id: string };
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
    name: given.text('name') ?? '',
    args: parseArgs(given.text('args') ?? '{}'),
    options: {
      id: given.text('id') ?? randomUUID(),
      ...(priority === undefined ? {} : { priority }),
      ...(seconds === undefined ? {} : { timeoutMs: Math.ceil(seconds * 1000) }),
    },
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
  readonly clientId?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
}

/** A gateway that does not come again for so long will not. */
const PATIENCE_MS = 30_000;

/** One job on its way, over as many connections as it takes. */
class Submission {
  readonly #call: VerbCall;
  readonly #job: Job;
  readonly #over = createDeferred<number>();
  #client: JobClient | null = null;
  #clientId: string | null = null;
  #patience: Timer | null = null;
  #isOver = false;

  constructor(call: VerbCall, job: Job) {
    this.#call = call;
    this.#job = job;
  }

  send(url: string): Promise<number> {
    const token = this.#call.arguments.text('token');
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const client = new JobClient({
      url,
      clock: this.#call.clock,
      WebSocket: createWatchedSocket(headers, {
        onText: (text) => {
          this.#overhear(text);
        },
        onClose: (why) => {
          this.#lose(url, why);
        },
      }),
    });
    this.#client = client;
    createInterruption().addEventListener('abort', () => {
      this.#end(EXIT.interrupted);
    });
    this.#submit(client);
    return this.#over.promise;
  }

  #submit(client: JobClient): void {
    const { name, args, options } = this.#job;
    const job = client.submit(name, args, {
      ...options,
      onStarted: ({ worker }) => {
        this.#note(`started by ${String(worker)}`);
      },
      onProgress: (value) => {
        this.#note(`progress: ${JSON.stringify(value)}`);
      },
    });
    job.then(
      (value) => {
        if (!this.#isJson) this.#call.output.printJson(value);
        this.#end(EXIT.ok);
      },
      (error: unknown) => {
        if (this.#isOver) return;
        const { code, message } = error as JobError;
        this.#call.output.note(toPrintable(`the job failed: ${code}: ${message}`));
        this.#end(EXIT.failed);
      },
    );
  }

  /** What the client does not tell of. */
  #overhear(text: string): void {
    const message = JSON.parse(text) as Message;
    const { type, id, clientId, code } = message;
    if (this.#isJson) this.#call.output.printJsonLine(message);
    if (type === 'hello') this.#greet(String(clientId));
    if (id !== this.#job.options.id) return;
    if (type === 'accepted') this.#accept();
    if (type === 'error' && isPassing(String(code)))
      this.#note(`not taken yet: ${String(code)}: ${String(message.message)}`);
  }

  #greet(clientId: string): void {
    this.#clientId ??= clientId;
    this.#patience?.cancel();
    this.#patience = null;
  }

  #accept(): void {
    const { output, arguments: given } = this.#call;
    if (given.isOn('wait')) return;
    if (!this.#isJson) output.print(`${String(this.#clientId)}/${this.#job.options.id}`);
    this.#end(EXIT.ok);
  }

  #lose(url: string, why: string): void {
    if (this.#isOver) return;
    const giveUp = (): void => {
      const text = `no gateway can be reached at ${url}: ${why}`;
      this.#over.reject(new VigilError('ERR_SESSION_NOT_RUNNING', text));
      this.#end(EXIT.failed);
    };
    if (this.#clientId === null) {
      giveUp();
      return;
    }
    if (this.#patience === null) this.#note(`the gateway has hung up (${why}); trying again`);
    this.#patience ??= this.#call.clock.setTimer(PATIENCE_MS, giveUp);
  }

  #end(code: number): void {
    this.#isOver = true;
    this.#patience?.cancel();
    this.#over.resolve(code);
    this.#client?.close();
  }

  get #isJson(): boolean {
    return this.#call.arguments.isOn('json');
  }

  #note(text: string): void {
    if (!this.#isJson && !this.#isOver) this.#call.output.note(toPrintable(text));
  }
}
