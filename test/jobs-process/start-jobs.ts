import { resolve } from 'node:path';
import { WebSocket } from 'ws';
import { type StartedChild, startNode } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';
import { HANDLERS } from './start-pool.ts';

const CLI = resolve(__dirname, '../../dist/cli/main.js');
const LONG_MS = 30_000;

export interface Message {
  readonly type: string;
  readonly id?: string;
  readonly [key: string]: unknown;
}

/** A running `vigil jobs serve`. */
export interface RunningServe {
  readonly child: StartedChild;
  readonly url: string;
  readonly directory: string;
}

export async function startServe(
  args: readonly string[] = [],
  directory?: string,
): Promise<RunningServe> {
  const cwd = directory ?? (await makeTempDirectory());
  const words = args.includes('--port') ? args : [...args, '--port', '0'];
  const child = vigil(['serve', HANDLERS, ...words], cwd);
  const [, url = ''] = await child.waitForLine(/listens at (\S+)/, LONG_MS);
  return { child, url, directory: cwd };
}

/** Starts `vigil jobs …`. */
export function vigil(args: readonly string[], cwd?: string): StartedChild {
  return startNode([CLI, 'jobs', ...args], cwd === undefined ? {} : { cwd });
}

/** Runs `vigil jobs …` to its end. */
export async function runVigil(
  args: readonly string[],
  cwd?: string,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = vigil(args, cwd);
  const { code } = await child.waitForExit(LONG_MS);
  const textOf = (stream: string): string =>
    child.output.all
      .filter((line) => line.stream === stream)
      .map(({ text }) => text)
      .join('\n');
  return { code, stdout: textOf('stdout'), stderr: textOf('stderr') };
}

/** A client that writes down what it is told. */
export class TestClient {
  readonly said: Message[] = [];
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => this.said.push(JSON.parse(data.toString()) as Message));
  }

  static async connect(url: string): Promise<TestClient> {
    const client = new TestClient(new WebSocket(url));
    await client.until('hello', () => client.said.find(({ type }) => type === 'hello'));
    return client;
  }

  get session(): string {
    return String(this.said.find(({ type }) => type === 'hello')?.['session']);
  }

  of(type: string): Message[] {
    return this.said.filter((message) => message.type === type);
  }

  send(message: Message): void {
    this.#socket.send(JSON.stringify(message));
  }

  until<T>(what: string, look: () => T | undefined): Promise<T> {
    return waitUntil(
      async () => look(),
      () => `no ${what}; the last: ${JSON.stringify(this.said.slice(-5))}`,
      LONG_MS,
    );
  }

  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((done) => this.#socket.once('close', done));
    this.#socket.terminate();
    await closed;
  }
}
