import { type ChildProcess, spawn } from 'node:child_process';
import { VigilError } from '../../errors.ts';
import type { Clock, Timer } from '../../util/clock.ts';
import { createDeferred, type Deferred } from '../../util/deferred.ts';
import { MARKER_NAME } from '../plan/fleet-environment.ts';
import {
  AGENT_PROTOCOL,
  type AgentHello,
  type AgentNews,
  type AgentOrders,
  type AgentVerb,
} from './agent-protocol.ts';
import { type AgentProgram, createGreeting, NO_NODE } from './bootstrap.ts';
import { LONGEST_LINE_BYTES, MessageLines } from './message-lines.ts';
import {
  type AgentMessage,
  type FirstWord,
  parseAgentLine,
  parseFirstWord,
} from './parse-agent-line.ts';
import { refusalError } from './refusal-error.ts';
import { createSshArguments, type SshDestination } from './ssh-command.ts';
import { classifySshEnd } from './ssh-failure.ts';

/** How often both sides of a channel say something, and how long one may be silent. Milliseconds. */
export interface LinkRhythm {
  readonly beatMs: number;
  readonly silenceMs: number;
  /** From the start of the ssh client to the first word of the agent. */
  readonly openMs: number;
  /** For the answer to an order. */
  readonly answerMs: number;
}

export interface AgentLinkParts {
  readonly clock: Clock;
  readonly destination: SshDestination;
  readonly program: AgentProgram;
  readonly rhythm: LinkRhythm;
  readonly onNews: (news: AgentNews) => void;
  /** Called once, when the channel is gone, for whatever reason. */
  readonly onEnd: (error: VigilError) => void;
}

interface Pending {
  readonly answer: Deferred<Record<string, unknown>>;
  readonly timer: Timer;
}

const KEPT_CHARACTERS = 8192;
const MOST_WAITING_BYTES = 16 * 1024 * 1024;

/** One channel to the agent of a host, over one ssh client, from its start to its end. */
export class AgentLink {
  readonly #parts: AgentLinkParts;
  readonly #lines = new MessageLines();
  readonly #hello = createDeferred<AgentHello>();
  readonly #pending = new Map<number, Pending>();
  #child: ChildProcess | null = null;
  #stderr = '';
  #noise = '';
  #isOpen = false;
  #isOver = false;
  #heardAt: number;
  #lastId = 0;
  #timer: Timer | null = null;

  constructor(parts: AgentLinkParts) {
    this.#parts = parts;
    this.#heardAt = parts.clock.now();
    this.#hello.promise.catch(() => undefined);
  }

  /** @throws ERR_FLEET_HOST_… what stands in the way */
  open(): Promise<AgentHello> {
    const { clock, destination, program, rhythm } = this.#parts;
    // In a session of its own: the interruption of a terminal is for the master, which still needs the channel then.
    const child = spawn('ssh', createSshArguments(destination), {
      detached: true,
      env: withoutMarks(process.env),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.on('error', (error) => {
      this.#endOf({ code: null, signal: null, spawnError: error });
    });
    child.stdin.on('error', () => undefined);
    child.stdin.write(createGreeting(process.execPath, program));
    child.stdout.on('data', (chunk: Buffer) => {
      this.#take(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('latin1')).slice(-KEPT_CHARACTERS);
    });
    child.on('close', (code, signal) => {
      this.#endOf({ code, signal, spawnError: null });
    });
    this.#timer = clock.setTimer(rhythm.openMs, () => {
      this.#end(unreachable(destination.host, `said nothing for ${seconds(rhythm.openMs)}`));
    });
    return this.#hello.promise;
  }

  /**
   * Gives an order and waits for the answer.
   *
   * @throws ERR_FLEET_HOST_UNREACHABLE the channel is gone, or there was no answer in time: it may have been carried out
   */
  async order<V extends AgentVerb>(
    verb: V,
    order: AgentOrders[V]['order'],
    deadlineMs = this.#parts.rhythm.answerMs,
  ): Promise<Record<string, unknown>> {
    const { clock, destination } = this.#parts;
    if (this.#isOver || !this.#isOpen) throw unreachable(destination.host, 'has no channel');
    const id = ++this.#lastId;
    const line = `${JSON.stringify({ id, verb, order })}\n`;
    if (Buffer.byteLength(line) > LONGEST_LINE_BYTES)
      throw new VigilError(
        'ERR_FLEET_HOST_AGENT',
        `the order "${verb}" for host ${destination.host} is too long: its environment and arguments are more than 1 MB`,
      );
    const answer = createDeferred<Record<string, unknown>>();
    const timer = clock.setTimer(deadlineMs, () => {
      this.#settle(id)?.reject(
        unreachable(destination.host, `gave no answer to "${verb}" within ${seconds(deadlineMs)}`),
      );
    });
    this.#pending.set(id, { answer, timer });
    this.#write(line);
    return answer.promise;
  }

  /** Two beats were due by now, and nothing was heard. */
  get isSilent(): boolean {
    const { clock, rhythm } = this.#parts;
    return clock.now() - this.#heardAt > 1.5 * rhythm.beatMs;
  }

  /** Ends the ssh client at once. @param error - why */
  close(error = unreachable(this.#parts.destination.host, 'is not asked any more')): void {
    this.#end(error);
  }

  #write(text: string): void {
    const input = this.#child?.stdin;
    if (input?.writable !== true) return;
    if (input.writableLength > MOST_WAITING_BYTES)
      this.#end(unreachable(this.#parts.destination.host, 'takes nothing any more'));
    else input.write(text);
  }

  #take(chunk: Buffer): void {
    if (this.#isOver) return;
    this.#heardAt = this.#parts.clock.now();
    const { lines, isTooLong } = this.#lines.push(chunk);
    for (const line of lines) {
      if (this.#isOpen) this.#takeMessage(line);
      else this.#takeFirst(line);
    }
    if (isTooLong) this.#fail('says a line that is too long');
  }

  #takeFirst(line: string): void {
    const word = parseFirstWord(line);
    if (word === null) this.#noise = `${this.#noise}${line}\n`.slice(-KEPT_CHARACTERS);
    else this.#takeWord(word);
    if (line.startsWith(NO_NODE)) this.#endOf({ code: null, signal: null, spawnError: null });
  }

  #takeWord({ needs, fails, hello }: FirstWord): void {
    const { program, clock, rhythm } = this.#parts;
    if (fails !== undefined) this.#fail(`could not take the agent: ${fails}`);
    if (needs === true) this.#child?.stdin?.write(program.bytes);
    if (hello === undefined || this.#isOver) return;
    if (hello.protocol !== AGENT_PROTOCOL) {
      this.#fail(`has an agent that speaks version ${String(hello.protocol)}`);
      return;
    }
    this.#isOpen = true;
    this.#timer?.cancel();
    this.#timer = clock.setTimer(rhythm.beatMs, this.#beat);
    this.#hello.resolve(hello);
  }

  #takeMessage(line: string): void {
    const message = parseAgentLine(line);
    if (message === null) this.#fail('says what cannot be understood');
    else if (message.kind === 'news') this.#parts.onNews(message.news);
    else if (message.kind === 'answer') this.#settle(message.id)?.resolve(message.answer);
    else this.#takeRefusal(message);
  }

  #takeRefusal(message: AgentMessage & { readonly kind: 'refusal' }): void {
    const error = refusalError(this.#parts.destination.host, message);
    this.#settle(message.id)?.reject(error);
    // It will refuse whatever it is told from now on.
    if (message.refusal === 'fenced') this.#end(error);
  }

  readonly #beat = (): void => {
    const { clock, rhythm, destination } = this.#parts;
    const silentMs = clock.now() - this.#heardAt;
    if (silentMs >= rhythm.silenceMs) {
      this.#end(unreachable(destination.host, `said nothing for ${seconds(silentMs)}`));
      return;
    }
    this.order('beat', {}, rhythm.silenceMs).catch(() => undefined);
    this.#timer = clock.setTimer(rhythm.beatMs, this.#beat);
  };

  #settle(id: number): Pending['answer'] | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.timer.cancel();
    return pending?.answer;
  }

  #fail(what: string): void {
    const { host } = this.#parts.destination;
    this.#end(new VigilError('ERR_FLEET_HOST_AGENT', `host ${host} ${what}`));
  }

  #endOf(end: {
    readonly code: number | null;
    readonly signal: string | null;
    readonly spawnError: NodeJS.ErrnoException | null;
  }): void {
    const { host } = this.#parts.destination;
    this.#end(classifySshEnd({ host, stderr: this.#stderr, stdout: this.#noise, ...end }));
  }

  #end(error: VigilError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timer?.cancel();
    // It may be waiting for a host that is gone, and would do so for long.
    this.#child?.kill('SIGKILL');
    this.#hello.reject(error);
    for (const id of [...this.#pending.keys()]) this.#settle(id)?.reject(error);
    this.#parts.onEnd(error);
  }
}

/** The client is no part of the fleet: by its mark the next master would take it for a server. */
function withoutMarks(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const entries = Object.entries(environment).filter(([name]) => !name.startsWith(MARKER_NAME));
  return Object.fromEntries(entries);
}

function unreachable(host: string, what: string): VigilError {
  return new VigilError('ERR_FLEET_HOST_UNREACHABLE', `host ${host} ${what}`);
}

function seconds(ms: number): string {
  return `${String(Math.round(ms / 100) / 10)} s`;
}
