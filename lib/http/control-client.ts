import type { IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import { basename, resolve } from 'node:path';
import { VigilError } from '../errors.ts';
import type { Clock, Timer } from '../util/clock.ts';
import { systemClock } from '../util/clock.ts';
import {
  createAnswerError,
  createConnectionError,
  createDeadlineError,
} from './control-client-errors.ts';
import { resolveControlSocketPath } from './control-socket-path.ts';

export interface ControlClientOptions {
  /** The session's name, for messages; default the name of the state directory. */
  readonly sessionName?: string;
  /** Deadline of a request, milliseconds; default 30 s for GET, 6 minutes for what has to wait for the server. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

export type ControlMethod = 'GET' | 'POST';

export interface ControlCall {
  readonly method: ControlMethod;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const READ_TIMEOUT_MS = 30_000;
// Longer than the console's own deadline for an action, whose answer is the better one.
const ACT_TIMEOUT_MS = 6 * 60_000;
const MAX_ANSWER_LENGTH = 64 * 1024 * 1024;

/** Talks to the monitor of a session over its control socket. It holds no connection between two requests. */
export class ControlClient {
  readonly sessionName: string;
  readonly #stateDirectory: string;
  readonly #timeoutMs: number | undefined;
  readonly #clock: Clock;

  constructor(stateDirectory: string, options: ControlClientOptions = {}) {
    this.#stateDirectory = stateDirectory;
    this.sessionName = options.sessionName ?? basename(resolve(stateDirectory));
    this.#timeoutMs = options.timeoutMs;
    this.#clock = options.clock ?? systemClock;
  }

  /**
   * Sends one request.
   *
   * @returns the answer, parsed
   * @throws ERR_SESSION_NOT_RUNNING when no monitor answers, or it ended before it had answered
   * @throws ERR_CONTROL when it answers with an error, which is the `cause` (with `code` and `status`), or not in time
   */
  async request(method: ControlMethod, path: string, body?: unknown): Promise<unknown> {
    const end = new AbortController();
    const timer = this.#armDeadline(method, end);
    try {
      const response = await this.#open({ method, path, body }, end.signal);
      return parseAnswer(await this.#readAll(response, end.signal), response.statusCode ?? 0);
    } finally {
      timer.cancel();
    }
  }

  /**
   * Reads an answer line by line until it ends or `signal` fires.
   *
   * @throws ERR_SESSION_NOT_RUNNING when no monitor answers, or it is lost in between
   */
  async *lines(path: string, signal: AbortSignal): AsyncGenerator<unknown, void> {
    const isAborted = (): boolean => signal.aborted;
    if (isAborted()) return;
    try {
      const response = await this.#open({ method: 'GET', path }, signal);
      if (response.statusCode !== 200) {
        parseAnswer(await this.#readAll(response, signal), response.statusCode ?? 0);
        return;
      }
      yield* this.#readLines(response, signal);
    } catch (error) {
      if (!isAborted()) throw error;
    }
  }

  /**
   * Sends one request, and hands out its answer unread: whatever its status, as soon as it begins.
   *
   * @throws ERR_SESSION_NOT_RUNNING, and ERR_CONTROL when it has not begun in time
   */
  async pass(call: ControlCall): Promise<IncomingMessage> {
    const end = new AbortController();
    const timer = this.#armDeadline(call.method, end);
    try {
      return await this.#open(call, end.signal);
    } finally {
      timer.cancel();
    }
  }

  #armDeadline(method: ControlMethod, end: AbortController): Timer {
    const timeoutMs = this.#timeoutMs ?? (method === 'GET' ? READ_TIMEOUT_MS : ACT_TIMEOUT_MS);
    return this.#clock.setTimer(timeoutMs, () => {
      end.abort(createDeadlineError(this.sessionName, timeoutMs));
    });
  }

  #open(call: ControlCall, signal: AbortSignal): Promise<IncomingMessage> {
    const { method, path } = call;
    const socketPath = resolveControlSocketPath(this.#stateDirectory);
    const text = method === 'POST' ? JSON.stringify(call.body ?? {}) : '';
    return new Promise((fulfil, reject) => {
      const headers = {
        ...call.headers,
        host: 'vigil',
        ...(text === ''
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      };
      const request = httpRequest({ socketPath, method, path, headers, agent: false, signal });
      request.once('response', fulfil);
      // Stays on after the answer began: a late error is told by the response as well.
      request.on('error', (error) => {
        reject(this.#translate(error, signal, socketPath));
      });
      request.end(text);
    });
  }

  async #readAll(response: IncomingMessage, signal: AbortSignal): Promise<string> {
    let text = '';
    for await (const chunk of this.#readText(response, signal)) {
      text += chunk;
      if (text.length > MAX_ANSWER_LENGTH)
        throw new VigilError('ERR_CONTROL', 'the answer is longer than 64 MB');
    }
    return text;
  }

  async *#readLines(response: IncomingMessage, signal: AbortSignal): AsyncGenerator<unknown, void> {
    let rest = '';
    for await (const chunk of this.#readText(response, signal)) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield JSON.parse(line) as unknown;
    }
  }

  async *#readText(response: IncomingMessage, signal: AbortSignal): AsyncGenerator<string, void> {
    response.setEncoding('utf8');
    try {
      for await (const chunk of response) yield chunk as string;
    } catch (error) {
      throw this.#translate(error as NodeJS.ErrnoException, signal, '');
    }
  }

  #translate(error: NodeJS.ErrnoException, signal: AbortSignal, socketPath: string): Error {
    if (signal.aborted && signal.reason instanceof VigilError) return signal.reason;
    if (signal.aborted) return error;
    return createConnectionError(error, this.sessionName, socketPath);
  }
}

function parseAnswer(text: string, status: number): unknown {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (cause) {
    throw new VigilError(
      'ERR_CONTROL',
      `the answer (status ${status}) is not JSON; is another program listening there?`,
      { cause },
    );
  }
  if (status >= 200 && status < 300) return answer;
  throw createAnswerError(answer, status);
}
