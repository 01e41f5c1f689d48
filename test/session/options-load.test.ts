import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ConfigError } from '../../lib/config/config-error.ts';
import type { ConfigProblem } from '../../lib/config/config-problem.ts';
import { VigilError } from '../../lib/errors.ts';
import { loadSessionOptions, resolveSessionOptions } from '../../lib/session/options.ts';
import type { SessionOptions, SessionOptionsInput } from '../../lib/session/options.ts';
import { parseSessionSetting } from '../../lib/session/options/parse-session-setting.ts';
import { makeDirectory, removeDirectories } from './options-directory.ts';

afterAll(removeDirectories);

function problemsOf(input: SessionOptionsInput): readonly ConfigProblem[] {
  try {
    loadSessionOptions(input);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

function linesOf(config: unknown, ...settings: readonly string[]): string[] {
  const cwd = makeDirectory(config);
  return problemsOf({ cwd, overrides: settings.map(parseSessionSetting) }).map(
    ({ message }) => message,
  );
}

describe('loadSessionOptions without a file', () => {
  it('gives the defaults, and they are those of resolveSessionOptions', () => {
    const cwd = makeDirectory();
    const options = loadSessionOptions({ cwd });
    expect(options).toEqual(resolveSessionOptions({}, { workingDirectory: cwd }));
    expect(options).toMatchObject({
      name: basename(cwd),
      configFile: null,
      baseDirectory: cwd,
      stateDirectory: join(cwd, '.vigil', basename(cwd)),
      ports: { server: 3000 },
      polling: {
        route: '/',
        routeIsSet: false,
        intervalMs: 10_000,
        timeoutMs: 2000,
        failureTolerance: 2,
        window: null,
        expectStatus: [200, 299],
      },
      heartbeat: { intervalMs: 1000, silenceMs: 10_000 },
      restart: {
        policy: 'permanent',
        stopOn: [125],
        backoff: { baseMs: 500, factor: 2, maxMs: 60_000, jitter: 0.2 },
        breaker: { failures: 5, halfLifeMs: 60_000, cooldownMs: 300_000, onOpen: 'retry' },
      },
      shutdown: { drainMs: 30_000, exitHandlerMs: 10_000 },
      memory: { limitMb: null },
      crashReports: { directory: join(cwd, '.vigil', basename(cwd), 'crashes'), keep: 50 },
      logs: {
        file: join(cwd, '.vigil', basename(cwd), 'server.log'),
        maxBytes: 10_000_000,
        keep: 5,
      },
      mail: null,
      webhook: null,
      telemetry: null,
      control: { http: null },
    });
  });

  it('is frozen all the way down', () => {
    const options = loadSessionOptions({ cwd: makeDirectory() });
    const isFrozen = (value: unknown): boolean =>
      typeof value !== 'object' ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every(isFrozen));
    expect(isFrozen(options)).toBe(true);
  });

  it.each([
    ['{"name": "@shop/front end"}', 'front-end'],
    ['{"name": "../../etc"}', 'etc'],
    ['{"name": 5}', undefined],
    ['{broken', undefined],
    ['null', undefined],
  ])('takes its name from package.json %s where it can', (content, name) => {
    const cwd = makeDirectory();
    writeFileSync(join(cwd, 'package.json'), content);
    expect(loadSessionOptions({ cwd }).name).toBe(name ?? basename(cwd));
  });
});

describe('loadSessionOptions with a file', () => {
  it('loads a file of the ancestor unchanged', () => {
    const cwd = makeDirectory({
      showServerOutput: false,
      ports: { server: 1050, socket: 4321 },
      identifiers: {
        master: { text: 'MASTER', color: 'cyan' },
        worker: { text: '', color: 'red' },
      },
      polling: { route: '/serverHeartbeat', intervalSeconds: 30, failureTolerance: 0 },
    });
    expect(loadSessionOptions({ cwd })).toMatchObject({
      configFile: join(cwd, 'session.config.json'),
      showServerOutput: false,
      ports: { server: 1050, socket: 4321 },
      identifiers: {
        master: { text: 'MASTER', color: 'cyan' },
        worker: { text: '', color: 'red' },
        exec: { text: '__exec__', color: 'green' },
      },
      polling: {
        route: '/serverHeartbeat',
        routeIsSet: true,
        intervalMs: 30_000,
        failureTolerance: 0,
      },
    });
  });

  it('lets false, 0 and null override a default', () => {
    const cwd = makeDirectory({
      polling: false,
      ports: { server: 0 },
      shutdown: { drainSeconds: 0 },
      socket: { hold: false },
      restart: { stopOn: [], backoff: { jitter: 0 } },
      mail: null,
      webhook: false,
    });
    expect(loadSessionOptions({ cwd })).toMatchObject({
      polling: false,
      ports: { server: 0 },
      shutdown: { drainMs: 0 },
      socket: { hold: false },
      restart: { stopOn: [], backoff: { jitter: 0 } },
      mail: null,
      webhook: null,
    });
  });

  it('resolves relative paths against the file, and defaults against the working directory', () => {
    const cwd = makeDirectory();
    mkdirSync(join(cwd, 'conf'));
    writeFileSync(
      join(cwd, 'conf', 'shop.json'),
      '{"watch": ["../src"], "logs": {"file": "out.log"}, "name": "shop"}',
    );
    expect(loadSessionOptions({ cwd, configFile: 'conf/shop.json' })).toMatchObject({
      configFile: join(cwd, 'conf', 'shop.json'),
      baseDirectory: join(cwd, 'conf'),
      watch: [join(cwd, 'src')],
      logs: { file: join(cwd, 'conf', 'out.log') },
      stateDirectory: join(cwd, '.vigil', 'shop'),
      crashReports: { directory: join(cwd, '.vigil', 'shop', 'crashes') },
    });
  });

  it('accepts a byte order mark, $schema, and a single string for a list', () => {
    const cwd = makeDirectory(
      '\ufeff{"$schema": "x", "mail": {"to": "a@b.c", "transport": "smtp://127.0.0.1:25"}}',
    );
    expect(loadSessionOptions({ cwd }).mail).toMatchObject({
      to: ['a@b.c'],
      digestMs: 600_000,
      perHour: 6,
    });
    expect(loadSessionOptions({ cwd }).mail?.from).toMatch(/^"Vigil" <vigil@[\w.-]+>$/);
  });

  it('raises ERR_CONFIG_READ when the file asked for does not exist', () => {
    const cwd = makeDirectory({});
    for (const input of [
      { cwd, configFile: 'none.json' },
      { cwd, config: 'none.json' },
    ]) {
      expect(() => loadSessionOptions(input)).toThrow(
        expect.objectContaining({ code: 'ERR_CONFIG_READ' }),
      );
    }
  });
});

describe('a problem of a file', () => {
  it.each<[string, string]>([
    ['', 'session.config.json:1:1: expected a value, found the end of the file'],
    ['[]', 'session.config.json:1:1: expected a JSON object, found a list'],
    ['// nothing\n 42', 'session.config.json:2:2: expected a JSON object, found a number'],
    ['{"ports" {}}', 'session.config.json:1:10: expected a colon, found "{"'],
    [
      '{\r\n  "prots": {}\r\n}',
      'session.config.json:2:3: prots: expected a known key, found "prots" (did you mean "ports"?)',
    ],
    [
      '{"route": "/"}',
      'session.config.json:1:2: route: expected a known key, found "route" (did you mean "polling.route"?)',
    ],
    [
      '{"toString": 1}',
      'session.config.json:1:2: toString: expected a known key, found "toString"',
    ],
    [
      '{"ports": {"a b": 1}}',
      'session.config.json:1:12: ports["a b"]: expected a port name of letters, digits and "_", found "a b"',
    ],
    [
      '{"ports": {"admin": 65536}}',
      'session.config.json:1:21: ports.admin: expected an integer from 0 to 65535, found 65536',
    ],
    [
      '{"ports": {"server": "3000"}}',
      'session.config.json:1:22: ports.server: expected an integer from 0 to 65535, found "3000"',
    ],
    ['{"ports": []}', 'session.config.json:1:11: ports: expected an object, found an empty list'],
    [
      '{"polling": true}',
      'session.config.json:1:13: polling: expected an object or false, found true',
    ],
    [
      '{"polling": {"route": "health"}}',
      'session.config.json:1:23: polling.route: expected a path that starts with "/", found "health"',
    ],
    [
      '{"polling": {"window": {"failures": 2}}}',
      'session.config.json:1:14: polling.window.of: expected an integer from 1 to 10000, found nothing',
    ],
    [
      '{"polling": {"get": "x"}}',
      'session.config.json:1:21: polling.get: expected a function, given in code, found "x"',
    ],
    [
      '{"restart": {"policy": "trnasient"}}',
      'session.config.json:1:24: restart.policy: expected one of "permanent", "transient", "temporary", found "trnasient" (did you mean "transient"?)',
    ],
    [
      '{"restart": {"stopOn": [1, 300]}}',
      'session.config.json:1:28: restart.stopOn[1]: expected an integer from 0 to 255, found 300',
    ],
    [
      '{"startup": {"deadlineSeconds": 0}}',
      'session.config.json:1:33: startup.deadlineSeconds: expected a number from 0.001 to 2073600, found 0',
    ],
    [
      '{"name": "a/b"}',
      'session.config.json:1:10: name: expected a name of at most 64 letters, digits, ".", "_" and "-", the first a letter or a digit, found "a/b"',
    ],
    [
      '{"webhook": {"url": "https://h", "secret": ""}}',
      'session.config.json:1:44: webhook.secret: expected a text that is not empty, found a string that is not shown',
    ],
  ])('%j is told as %s', (text, line) => {
    expect(linesOf(text)).toEqual([line]);
  });

  it('is told together with all others, in the order of the text', () => {
    const lines = linesOf('{\n"watchdog": 1,\n"mial": {},\n"mail": {"transport": 5}\n}');
    expect(lines.map((line) => line.split(':').slice(1, 4).join(':'))).toEqual([
      '2:13: watchdog',
      '3:1: mial',
      '4:23: mail.transport',
      '4:1: mail.to',
    ]);
  });

  it('counts no further than a hundred', () => {
    const keys = Array.from({ length: 50_000 }, (_, index) => `"unknown${index}": 1`);
    const cwd = makeDirectory(`{${keys.join()}}`);
    expect(() => loadSessionOptions({ cwd })).toThrow(/\n… and more$/);
    expect(problemsOf({ cwd })).toHaveLength(100);
  });

  it('never shows a password', () => {
    const lines = linesOf(
      '{"mail": {"to": ["a@b"], "transport": "smpt://me:hunter2@host", "pass": "hunter2"}, "webhook": {"url": "http://u:hunter2@", "secret": ["hunter2"]}}',
    );
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.join()).not.toContain('hunter2');
  });

  it.each([
    [
      'a directory',
      (file: string) => {
        mkdirSync(file);
      },
      'expected a file, found a directory',
    ],
    [
      'a file of 100 MB',
      (file: string) => {
        writeFileSync(file, '');
        truncateSync(file, 100_000_000);
      },
      'expected a file of at most 1048576 bytes, found 100000000 bytes',
    ],
    [
      'not UTF-8',
      (file: string) => {
        writeFileSync(file, Buffer.from([0x7b, 0xff, 0x7d]));
      },
      'expected text in UTF-8, found other bytes',
    ],
  ])('is told when it is %s', (_, prepare, text) => {
    const cwd = makeDirectory();
    prepare(join(cwd, 'session.config.json'));
    expect(problemsOf({ cwd })).toMatchObject([
      { message: `session.config.json: ${text}`, line: null, origin: 'file' },
    ]);
  });

  it('is told when the file cannot be read', () => {
    const problems = problemsOf({ cwd: makeDirectory(), configFile: 'a\0b' });
    expect(problems).toMatchObject([{ expected: 'a file that can be read' }]);
  });
});

describe('flags', () => {
  it('go over the file, key by key', () => {
    const cwd = makeDirectory({
      polling: { route: '/health', intervalSeconds: 5 },
      mail: { to: ['a@b'] },
    });
    const overrides = [
      'polling.intervalSeconds=0.5',
      'mail.transport=smtp://127.0.0.1:25',
      'name=007',
      'polling.window={"failures": 2, "of": 3}',
      'ports.admin=4000',
      'stateDirectory=state',
    ].map(parseSessionSetting);
    expect(loadSessionOptions({ cwd, overrides })).toMatchObject({
      name: '007',
      polling: { route: '/health', intervalMs: 500, window: { failures: 2, of: 3 } },
      mail: { to: ['a@b'], transport: 'smtp://127.0.0.1:25' },
      ports: { server: 3000, admin: 4000 },
      stateDirectory: join(cwd, 'state'),
    });
  });

  it('switch on what a file switched off', () => {
    const overrides = [parseSessionSetting('polling.route=/x')];
    expect(
      loadSessionOptions({ cwd: makeDirectory({ polling: false }), overrides }).polling,
    ).toMatchObject({
      route: '/x',
      intervalMs: 10_000,
    });
  });

  it.each([
    [
      'polling.intervalSecond=3',
      '--set polling.intervalSecond: polling.intervalSecond: expected a known key, found "intervalSecond" (did you mean "intervalSeconds"?)',
    ],
    [
      'ports.server=abc',
      '--set ports.server: ports.server: expected an integer from 0 to 65535, found "abc"',
    ],
    ['__proto__.x=1', '--set __proto__.x: __proto__: expected no such key, found "__proto__"'],
    ['a..b=1', '--set a..b: a: expected a known key, found "a"'],
    [
      'webhook.secret=hunter2',
      '--set webhook.secret: webhook.url: expected an address like "https://host/path", found nothing',
    ],
    [
      'heartbeat.intervalSeconds=20',
      '--set heartbeat.intervalSeconds: heartbeat.intervalSeconds: expected less than heartbeat.silenceSeconds (10), found 20',
    ],
  ])('%s is refused as %s', (setting, line) => {
    expect(linesOf({}, setting)).toEqual([line]);
  });

  it.each(['name', '=x', ''])('"%s" is refused as not of the form key.path=value', (text) => {
    expect(() => parseSessionSetting(text)).toThrow('--set: expected key.path=value');
  });

  it('are told apart from the file by the origin of the problem', () => {
    const cwd = makeDirectory({ zzz: 1 });
    const problems = problemsOf({ cwd, overrides: [parseSessionSetting('yyy=1')] });
    expect(problems.map(({ origin }) => origin)).toEqual(['file', 'override']);
  });
});

describe('options given in code', () => {
  it('take the place of the file in the working directory', () => {
    const cwd = makeDirectory({ name: 'from-file' });
    const get = (): Promise<void> => Promise.resolve();
    const options = loadSessionOptions({ cwd, config: { polling: { get }, watch: ['src'] } });
    expect(options).toMatchObject({
      name: basename(cwd),
      configFile: null,
      watch: [join(cwd, 'src')],
    });
    expect(options.polling).toMatchObject({ get });
  });

  it('are copied: neither frozen nor watched for changes', () => {
    const transport = { host: 'a', auth: { user: 'u' } };
    const options = loadSessionOptions({
      cwd: makeDirectory(),
      config: { mail: { to: 'a@b', transport } },
    });
    transport.auth.user = 'other';
    expect(options.mail?.transport).toEqual({ host: 'a', auth: { user: 'u' } });
  });

  it('may hold undefined where a key is left out', () => {
    const config = {
      ports: undefined,
      polling: { intervalSeconds: undefined },
    } as unknown as SessionOptions;
    expect(loadSessionOptions({ cwd: makeDirectory(), config }).polling).toMatchObject({
      intervalMs: 10_000,
    });
  });

  it('are refused by name and path', () => {
    const config = { polling: { intervalSeconds: Number.NaN } };
    expect(problemsOf({ cwd: makeDirectory(), config }).map(({ message }) => message)).toEqual([
      'config: polling.intervalSeconds: expected a number from 0.001 to 2073600, found NaN',
    ]);
  });

  it('may be hostile', () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['mail'] = { transport: cyclic };
    const throwing = {
      get name(): string {
        throw new TypeError('no');
      },
    };
    for (const config of [
      cyclic,
      throwing,
      null,
      5,
      [],
      new Map(),
      JSON.parse('{"__proto__": {"x": 1}}') as unknown,
    ]) {
      expect(
        problemsOf({ cwd: makeDirectory(), config: config as SessionOptions }).length,
      ).toBeGreaterThan(0);
    }
  });
});

describe('keys that must fit one another', () => {
  it.each([
    [
      '{"heartbeat": {"silenceSeconds": 1}}',
      'heartbeat.silenceSeconds: expected more than heartbeat.intervalSeconds (1), found 1',
    ],
    [
      '{"heartbeat": {"intervalSeconds": 11}}',
      'heartbeat.intervalSeconds: expected less than heartbeat.silenceSeconds (10), found 11',
    ],
    [
      '{"restart": {"backoff": {"baseSeconds": 90}}}',
      'restart.backoff.baseSeconds: expected at most restart.backoff.maxSeconds (60), found 90',
    ],
    [
      '{"polling": {"window": {"failures": 4, "of": 3}}}',
      'polling.window.failures: expected at most polling.window.of (3), found 4',
    ],
    [
      '{"polling": {"expectStatus": [299, 200]}}',
      'polling.expectStatus: expected the lower status code first, found "299, 200"',
    ],
    [
      '{"control": {"http": {"port": 3000}}}',
      'control.http.port: expected another port than ports.server, found 3000',
    ],
  ])('%s is refused', (text, line) => {
    const lines = linesOf(text);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^session\.config\.json:1:\d+: /);
    expect(lines[0]).toContain(line);
  });
});

it('ConfigError is a VigilError with the code ERR_CONFIG_INVALID', () => {
  const error = new ConfigError([]);
  expect(error).toBeInstanceOf(VigilError);
  expect(error.code).toBe('ERR_CONFIG_INVALID');
});
