import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ControlClient } from '../../lib/http/control-client.ts';
import { ControlServer } from '../../lib/http/control-server.ts';
import {
  prepareControlSocketPath,
  resolveControlSocketPath,
} from '../../lib/http/control-socket-path.ts';
import { systemClock } from '../../lib/util/clock.ts';
import { FakePort } from './fake-port.ts';

let root: string;
let longDirectory: string;
const runtimeBefore = process.env['XDG_RUNTIME_DIR'];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vigil-path-'));
  longDirectory = join(root, 'a'.repeat(60), 'b'.repeat(60));
  mkdirSync(join(root, 'run'), { mode: 0o700 });
  process.env['XDG_RUNTIME_DIR'] = join(root, 'run');
});

afterEach(() => {
  if (runtimeBefore === undefined) delete process.env['XDG_RUNTIME_DIR'];
  else process.env['XDG_RUNTIME_DIR'] = runtimeBefore;
  rmSync(root, { recursive: true, force: true });
});

describe('resolveControlSocketPath', () => {
  it('is control.sock in the state directory where that is short enough', () => {
    expect(resolveControlSocketPath(join(root, 'state'))).toBe(join(root, 'state', 'control.sock'));
    expect(prepareControlSocketPath(join(root, 'state'))).toBe(join(root, 'state', 'control.sock'));
    expect(existsSync(join(root, 'state', 'control.sock.path'))).toBe(false);
  });

  it('counts bytes, not characters', () => {
    const path = resolveControlSocketPath(join(root, 'ü'.repeat(45)));
    expect(dirname(path)).toBe(join(root, 'run', 'vigil'));
  });

  it('is in the runtime directory for a long one, and the pointer file says so', () => {
    const path = prepareControlSocketPath(longDirectory);
    expect(dirname(path)).toBe(join(root, 'run', 'vigil'));
    expect(Buffer.byteLength(path)).toBeLessThanOrEqual(107);
    expect(readFileSync(join(longDirectory, 'control.sock.path'), 'utf8').trim()).toBe(path);
    for (const directory of [longDirectory, dirname(path)]) {
      expect(statSync(directory).mode & 0o777).toBe(0o700);
    }
  });

  it('follows the pointer, whatever the runtime directory of the reader', () => {
    const path = prepareControlSocketPath(longDirectory);
    delete process.env['XDG_RUNTIME_DIR'];
    expect(resolveControlSocketPath(longDirectory)).toBe(path);
  });

  it('does not follow a pointer to nowhere', () => {
    mkdirSync(longDirectory, { recursive: true });
    for (const text of ['', 'relative.sock', `/${'x'.repeat(200)}`]) {
      writeFileSync(join(longDirectory, 'control.sock.path'), text);
      expect(dirname(resolveControlSocketPath(longDirectory))).toBe(join(root, 'run', 'vigil'));
    }
  });

  it('gives two sessions two paths, and one reached through a link the same', () => {
    const path = prepareControlSocketPath(longDirectory);
    expect(prepareControlSocketPath(`${longDirectory}2`)).not.toBe(path);
    const link = join(root, 'c'.repeat(120));
    symlinkSync(longDirectory, link);
    expect(resolveControlSocketPath(link)).toBe(path);
  });

  it('passes over a runtime directory that is not there', () => {
    process.env['XDG_RUNTIME_DIR'] = join(root, 'nowhere');
    expect(resolveControlSocketPath(longDirectory)).toContain(join(tmpdir(), 'vigil-'));
  });
});

describe('prepareControlSocketPath', () => {
  it('closes a directory that stands open to others', () => {
    mkdirSync(join(root, 'run', 'vigil'));
    chmodSync(join(root, 'run', 'vigil'), 0o777);
    prepareControlSocketPath(longDirectory);
    expect(statSync(join(root, 'run', 'vigil')).mode & 0o777).toBe(0o700);
  });

  it('refuses a folder that another user has made', () => {
    const folder = join(root, 'run', 'vigil');
    mkdirSync(folder);
    const own = process.getuid?.() ?? 0;
    if (own === 0) chownSync(folder, 12_345, 12_345);
    // Who may give nothing away is somebody else for a moment.
    else jest.spyOn(process, 'getuid').mockReturnValue(own + 1);
    expect(() => prepareControlSocketPath(longDirectory)).toThrow(
      expect.objectContaining({
        code: 'ERR_STATE_DIRECTORY',
        message: expect.stringContaining('belongs to another user'),
      }),
    );
    jest.restoreAllMocks();
  });

  it('refuses a file in the place of a directory with ERR_STATE_DIRECTORY', () => {
    writeFileSync(join(root, 'run', 'vigil'), '');
    expect(() => prepareControlSocketPath(longDirectory)).toThrow(
      expect.objectContaining({ code: 'ERR_STATE_DIRECTORY' }),
    );
  });
});

describe('a session with a long state directory', () => {
  it('is reached, and a second one refused', async () => {
    const options = { stateDirectory: longDirectory, port: new FakePort(), clock: systemClock };
    const server = new ControlServer(options);
    const path = await server.listen();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await new ControlClient(longDirectory).request('GET', '/explain')).toEqual({
      nextAction: 'none',
    });
    await expect(new ControlServer(options).listen()).rejects.toMatchObject({
      code: 'ERR_SESSION_RUNNING',
    });
    await server.close();
    expect(existsSync(path)).toBe(false);
  });
});
