import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { CommandTable } from '../../lib/console/command-table.ts';
import { attachConsole } from '../../lib/console/remote-console.ts';
import { ControlClient } from '../../lib/http/control-client.ts';
import { ControlServer } from '../../lib/http/control-server.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';
import { systemClock } from '../../lib/util/clock.ts';
import { FakePort } from '../http/fake-port.ts';

let directory: string;
let server: ControlServer;
let table: CommandTable;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'vigil-console-'));
  table = new CommandTable({ clock: new ManualClock() });
  table.addReplCommand('say', [/.*/], ([text]) => text);
  table.addReplCommand('fail', [], () => Promise.reject(new Error('no milk')));
  table.addReplCommand('exit', [/clean|force/], () => {
    setImmediate(() => void server.close());
    return 'ending';
  });
  const port = new FakePort();
  port.runCommand = (line) => table.run(line);
  port.complete = (line) => table.complete(line);
  server = new ControlServer({ stateDirectory: directory, port, clock: systemClock });
  await server.listen();
});

afterEach(async () => {
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

class Terminal extends PassThrough {
  readonly isTTY = true;
  setRawMode(): this {
    return this;
  }
}

function attach(input: PassThrough, output: PassThrough) {
  let text = '';
  output.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const client = new ControlClient(directory, { sessionName: 'shop' });
  const ended = attachConsole(client, {
    input,
    output,
    clock: systemClock,
    isForeground: () => true,
  });
  const until = async (wanted: string): Promise<void> => {
    while (!text.includes(wanted)) await once(output, 'data');
  };
  return { input, ended, until, text: () => text };
}

const attachPipe = () => attach(new PassThrough(), new PassThrough());
const attachTerminal = () => attach(new Terminal(), new Terminal());

describe('an attached console on a pipe', () => {
  it('runs every line in the session, in order, and ends at end-of-file', async () => {
    const { input, ended, text } = attachPipe();
    input.end('say one\nsay two\nsay three');
    expect(await ended).toEqual({ isSuccess: true, isSessionGone: false });
    expect(text()).toBe('one\ntwo\nthree\n');
  });

  it('prints what fails, goes on, and tells that not all succeeded', async () => {
    const { input, ended, text } = attachPipe();
    input.end('nothing\nfail\nsay on\n');
    expect(await ended).toEqual({ isSuccess: false, isSessionGone: false });
    expect(text()).toMatch(
      /^ERR_COMMAND_UNKNOWN: .*\nERR_COMMAND_FAILED: no milk\n( +at .*\n)+on\n$/,
    );
  });

  it('answers a line of 1 MB with one error and runs the next', async () => {
    const { input, ended, text } = attachPipe();
    input.end(`say ${'x'.repeat(1e6)}\nsay on\n`);
    expect(await ended).toMatchObject({ isSuccess: false });
    expect(text()).toMatch(/^ERR_COMMAND_ARGUMENT: .{1,200}\non\n$/);
  });

  it('succeeds when its last line ends the session', async () => {
    const { input, ended, text } = attachPipe();
    input.end('say one\nexit clean\n');
    expect(await ended).toEqual({ isSuccess: true, isSessionGone: false });
    expect(text()).toBe('one\nending\n');
  });

  it('says that the session has ended when lines are left over', async () => {
    const { input, ended, text } = attachPipe();
    input.write('exit clean\n');
    while (server.path !== undefined && !text().includes('ending')) await new Promise(setImmediate);
    await server.close();
    input.end('say one\nsay two\n');
    expect(await ended).toEqual({ isSuccess: false, isSessionGone: true });
    expect(text()).toBe('ending\nthe session has ended\n');
  });

  it('says so when the session does not run at all', async () => {
    await server.close();
    const { input, ended } = attachPipe();
    input.end('say one\n');
    expect(await ended).toEqual({ isSuccess: false, isSessionGone: true });
  });
});

describe('an attached console on a terminal', () => {
  it('completes with the session and runs what was typed', async () => {
    const { input, ended, until } = attachTerminal();
    await until('vigil> ');
    input.write('sa\t');
    await until('say');
    input.write(' hello\r');
    await until('\nhello\n');
    input.write('\x04');
    expect(await ended).toEqual({ isSuccess: true, isSessionGone: false });
  });

  it('leaves on Ctrl-C; the session stays', async () => {
    const { input, ended, until } = attachTerminal();
    await until('vigil> ');
    input.write('\x03');
    expect(await ended).toEqual({ isSuccess: true, isSessionGone: false });
    expect(await new ControlClient(directory).request('GET', '/status')).toMatchObject({
      name: 'shop',
    });
  });

  it('tells an idle user at once that the session has ended', async () => {
    const { ended, until } = attachTerminal();
    await until('vigil> ');
    while (server.load.followers === 0) await new Promise(setImmediate);
    await server.close();
    await until('the session has ended');
    expect(await ended).toEqual({ isSuccess: false, isSessionGone: true });
  });
});
