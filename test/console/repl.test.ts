import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { CommandTable } from '../../lib/console/command-table.ts';
import type { ReplOptions } from '../../lib/console/repl.ts';
import { Repl } from '../../lib/console/repl.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';
import { createDeferred } from '../../lib/util/deferred.ts';

let clock: ManualClock;
let table: CommandTable;
let repl: Repl | undefined;

beforeEach(() => {
  clock = new ManualClock();
  table = new CommandTable({ clock });
  table.addReplCommand('say', [/.*/], ([text]) => text);
  table.addReplCommand('fail', [], () => Promise.reject(new Error('no milk')));
});

afterEach(() => {
  repl?.close();
  repl = undefined;
});

class Terminal extends PassThrough {
  readonly isTTY = true;
  readonly columns = 80;
  readonly modes: boolean[] = [];

  setRawMode(isRaw: boolean): this {
    this.modes.push(isRaw);
    return this;
  }
}

/** Starts a REPL and returns its ends, with a way to wait for a text on its output. */
function start<Stream extends PassThrough>(
  input: Stream,
  output: PassThrough,
  options: Partial<ReplOptions> = {},
) {
  let text = '';
  output.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  repl = new Repl({ input, output, runner: table, clock, isForeground: () => true, ...options });
  repl.start();
  const until = async (wanted: string): Promise<string> => {
    while (!text.includes(wanted)) await once(output, 'data');
    return text;
  };
  return { input, repl, until, text: () => text };
}

const startPipe = (options?: Partial<ReplOptions>) =>
  start(new PassThrough(), new PassThrough(), options);
const startTerminal = (options?: Partial<ReplOptions>) =>
  start(new Terminal(), new Terminal(), options);

describe('a REPL on a pipe', () => {
  it('runs one command a line, without a prompt, and ends at end-of-file', async () => {
    const { input, repl, text } = startPipe();
    input.end('say one\n\nsay two\nsay three');
    expect(await repl.ended).toEqual({ failed: 0 });
    expect(text()).toBe('one\ntwo\nthree\n');
  });

  it('prints the error of a command and goes on', async () => {
    const { input, repl, text } = startPipe();
    input.end('fail\nnothing\nsay "open\nsay on\n');
    expect(await repl.ended).toEqual({ failed: 3 });
    const lines = text().split('\n');
    expect(lines[0]).toBe('ERR_COMMAND_FAILED: no milk');
    expect(lines[1]).toMatch(/^\s+at /);
    expect(text()).toMatch(/ERR_COMMAND_UNKNOWN: .*\nERR_COMMAND_ARGUMENT: .*\non\n$/);
  });

  it('runs lines strictly one after the other', async () => {
    const gate = createDeferred();
    const order: string[] = [];
    table.addReplCommand('wait', [], async () => {
      order.push('begin');
      await gate.promise;
      order.push('end');
    });
    table.addReplCommand('next', [], () => void order.push('next'));
    const { input, repl } = startPipe();
    input.end('wait\nnext\n');
    await new Promise(setImmediate);
    expect(order).toEqual(['begin']);
    gate.resolve();
    await repl.ended;
    expect(order).toEqual(['begin', 'end', 'next']);
  });

  it('answers a line of 1 MB with one error and runs the next', async () => {
    const { input, repl, text } = startPipe();
    input.end(`say ${'x'.repeat(1e6)}\nsay on\n`);
    await repl.ended;
    expect(text()).toMatch(/^ERR_COMMAND_ARGUMENT: .{1,200}\non\n$/);
  });

  it('reads no further while a command is at work', async () => {
    const gate = createDeferred();
    table.addReplCommand('wait', [], () => gate.promise);
    const { input, repl, until } = startPipe();
    input.write('wait\n');
    await new Promise(setImmediate);
    for (let i = 0; i < 100; i++) input.write('say x\n');
    expect(input.readableLength).toBeGreaterThan(0);
    gate.resolve();
    await until('x');
    input.end();
    await repl.ended;
  });

  it('ends when its input fails, as that of a vanished terminal does', async () => {
    const { input, repl } = startPipe();
    input.destroy(Object.assign(new Error('read EIO'), { code: 'EIO' }));
    expect(await repl.ended).toEqual({ failed: 0 });
  });

  it('goes on when its output fails', async () => {
    const output = new PassThrough();
    const { input, repl } = start(new PassThrough(), output);
    output.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    input.end('say one\nfail\n');
    expect(await repl.ended).toEqual({ failed: 1 });
  });

  it('goes on when the function it writes with throws', async () => {
    const { input, repl } = startPipe({
      write: () => {
        throw new Error('write EAGAIN');
      },
    });
    input.end('say one\nfail\n');
    expect(await repl.ended).toEqual({ failed: 1 });
  });

  it('leaves no listener that acts behind after close', async () => {
    const { input, repl, text } = startPipe();
    repl.close();
    await repl.ended;
    input.write('say one\n');
    expect(input.listenerCount('data') + input.listenerCount('end')).toBe(0);
    expect(text()).toBe('');
  });
});

describe('a REPL on a terminal', () => {
  it('shows a prompt before each line', async () => {
    const { input, until } = startTerminal();
    await until('vigil> ');
    input.write('say hello\r');
    expect(await until('\nhello\n')).toContain('hello');
    await new Promise(setImmediate);
    input.write('say again\r');
    await until('\nagain\n');
  });

  it('runs lines strictly one after the other, those typed ahead included', async () => {
    const gate = createDeferred();
    const order: string[] = [];
    table.addReplCommand('wait', [], async () => {
      order.push('begin');
      await gate.promise;
      order.push('end');
    });
    table.addReplCommand('next', [], () => void order.push('next'));
    const { input, until } = startTerminal();
    input.write('wait\rnext\rsay done\r');
    await new Promise(setImmediate);
    expect(order).toEqual(['begin']);
    gate.resolve();
    await until('\ndone\n');
    expect(order).toEqual(['begin', 'end', 'next']);
  });

  it('completes on Tab', async () => {
    table.addReplCommand('restart', ['clean|force'], ([way]) => `went ${String(way)}`);
    const { input, until } = startTerminal();
    input.write('rest\t');
    await until('restart');
    input.write(' f\t');
    await until('force');
    input.write('\r');
    await until('went force');
  });

  it('hands Ctrl-C to onInterrupt', async () => {
    const interrupted = createDeferred();
    const { input } = startTerminal({ onInterrupt: interrupted.resolve });
    input.write('\x03');
    await interrupted.promise;
  });

  it('ends on Ctrl-D', async () => {
    const { input, repl } = startTerminal();
    input.write('\x04');
    expect(await repl.ended).toEqual({ failed: 0 });
    expect(input.modes.at(-1)).toBe(false);
  });

  it('drops a typed line that grows without end', async () => {
    const { input, until } = startTerminal();
    input.write('x'.repeat(20_000));
    await until('a typed line has at most');
    input.write('\x15\x0b');
    input.write('say on\r');
    await until('\non\n');
  });

  it('gives the terminal back at Ctrl-Z and takes it again when continued', async () => {
    const suspended = createDeferred();
    const { input, until } = startTerminal({ onSuspend: suspended.resolve });
    input.write('\x1a');
    await suspended.promise;
    expect(input.modes.at(-1)).toBe(false);
    process.emit('SIGCONT');
    expect(input.modes.at(-1)).toBe(true);
    input.write('say back\r');
    await until('\nback\n');
  });

  it('is not touched in the background, and read once it comes to the foreground', async () => {
    let isForeground = false;
    const { input, until, text } = startTerminal({ isForeground: () => isForeground });
    input.write('say here\r');
    await new Promise(setImmediate);
    expect(text()).toBe('');
    expect(input.modes).toEqual([]);
    isForeground = true;
    clock.advance(2_000);
    await until('\nhere\n');
    isForeground = false;
    process.emit('SIGCONT');
    input.write('say there\r');
    await new Promise(setImmediate);
    expect(text()).not.toContain('there');
    isForeground = true;
    process.emit('SIGCONT');
    await until('\nthere\n');
  });

  it('leaves no signal listener and no timer behind after close', async () => {
    const before = process.listenerCount('SIGCONT');
    const { repl } = startTerminal({ isForeground: () => false });
    expect(process.listenerCount('SIGCONT')).toBe(before + 1);
    repl.close();
    await repl.ended;
    expect(process.listenerCount('SIGCONT')).toBe(before);
    expect(clock.waiting).toBe(0);
  });
});
