import { ConfigError } from '../../lib/config/config-error.ts';
import { loadSessionOptions, resolveSessionOptions } from '../../lib/session/options.ts';
import { toConfigShape } from '../../lib/session/options/config-shape.ts';
import {
  formatResolvedOptions,
  formatResolvedOptionsText,
} from '../../lib/session/options/format-resolved-options.ts';
import {
  parseSessionSetting,
  parseSessionSettingValue,
} from '../../lib/session/options/parse-session-setting.ts';
import { patchPolling, withSetting } from '../../lib/session/options/with-setting.ts';
import { makeDirectory, removeDirectories } from './options-directory.ts';

afterAll(removeDirectories);

const full = {
  polling: { route: '/health', timeoutSeconds: 0.25, window: { failures: 2, of: 4 } },
  mail: { to: ['a@b'], transport: 'smtp://me:hunter2@host' },
  webhook: { url: 'https://host/x', secret: 'hunter2' },
  control: { http: { port: 9000 } },
  telemetry: { lwes: '224.1.1.11:12345' },
  memory: { limitMb: 100 },
  watch: ['src'],
};

describe('toConfigShape', () => {
  it.each([[{}], [full], [{ polling: false }]])(
    'resolves again to the same options for %j',
    (config) => {
      const cwd = makeDirectory(config);
      const options = loadSessionOptions({ cwd });
      const again = resolveSessionOptions(toConfigShape(options), {
        workingDirectory: cwd,
        configFile: options.configFile,
      });
      expect(again).toEqual(options);
    },
  );
});

describe('withSetting', () => {
  const load = (): ReturnType<typeof loadSessionOptions> =>
    loadSessionOptions({ cwd: makeDirectory(full) });

  it('changes one value and nothing else', () => {
    const options = load();
    const changed = withSetting(options, 'polling.intervalSeconds', 3);
    expect(changed).toEqual({ ...options, polling: { ...options.polling, intervalMs: 3000 } });
    expect(Object.isFrozen(changed.polling)).toBe(true);
    expect(options.polling).toMatchObject({ intervalMs: 10_000 });
  });

  it.each([
    ['showServerOutput', false],
    ['ports.server', 4000],
    ['ports.another', 4000],
    ['heartbeat.silenceSeconds', 60],
    ['restart.breaker.failures', 9],
    ['restart.policy', 'transient'],
    ['shutdown.drainSeconds', 0],
    ['memory.limitMb', null],
    ['polling.window', null],
    ['polling', { route: '/other' }],
  ])('may change %s', (path, value) => {
    expect(withSetting(load(), path, value)).not.toEqual(load());
  });

  it.each([
    ['name', 'other', 'cannot change while the session runs'],
    ['socket.hold', false, 'cannot change while the session runs'],
    ['mail.to', ['c@d'], 'cannot change while the session runs'],
    ['mail', false, 'cannot change while the session runs'],
    ['heartbeat.intervalSeconds', 2, 'cannot change while the session runs'],
    ['stateDirectory', '/x', 'cannot change while the session runs'],
    ['polling', false, 'cannot change while the session runs'],
    ['polling.intervalSecond', 3, 'did you mean "intervalSeconds"?'],
    ['polling.intervalSeconds', 'soon', 'set: polling.intervalSeconds: expected a number'],
    ['heartbeat.silenceSeconds', 1, 'expected more than heartbeat.intervalSeconds (1), found 1'],
    ['', 1, 'expected a known key'],
  ])('refuses %s = %j', (path, value, text) => {
    expect(() => withSetting(load(), path, value)).toThrow(ConfigError);
    expect(() => withSetting(load(), path, value)).toThrow(text);
  });

  it('keeps a route that was not set unset', () => {
    const changed = withSetting(resolveSessionOptions(), 'polling.failureTolerance', 0);
    expect(changed.polling).toMatchObject({ routeIsSet: false, failureTolerance: 0 });
  });

  it('keeps the getter given in code', () => {
    const get = (): Promise<void> => Promise.resolve();
    const options = resolveSessionOptions({ polling: { get } });
    expect(patchPolling(options, { intervalSeconds: 1, route: '/x' }).polling).toMatchObject({
      get,
      route: '/x',
      routeIsSet: true,
      intervalMs: 1000,
    });
  });
});

describe('parseSessionSettingValue', () => {
  it.each([
    ['polling.intervalSeconds', '3', 3],
    ['polling.route', '/x', '/x'],
    ['name', '3', '3'],
    ['name', '"x"', 'x'],
    ['mail', 'null', null],
    ['nothing.there', '{"a":1}', { a: 1 }],
    ['name', '', ''],
  ])('reads %s=%s', (path, text, value) => {
    expect(parseSessionSettingValue(path, text)).toEqual(value);
  });
});

describe('formatResolvedOptions', () => {
  it('tells where each value came from', () => {
    const cwd = makeDirectory(full);
    const overrides = [parseSessionSetting('polling.timeoutSeconds=1')];
    const options = withSetting(loadSessionOptions({ cwd, overrides }), 'ports.server', 1);
    expect(formatResolvedOptions(options).sources).toMatchObject({
      name: 'default',
      'polling.route': 'file',
      'polling.timeoutSeconds': 'override',
      'polling.intervalSeconds': 'default',
      'polling.window.of': 'file',
      'ports.server': 'override',
      'mail.from': 'default',
      watch: 'file',
    });
  });

  it('hides secrets', () => {
    const options = loadSessionOptions({ cwd: makeDirectory(full) });
    const { values } = formatResolvedOptions(options);
    expect(values).toMatchObject({
      mail: { transport: 'smtp://***@host' },
      webhook: { url: 'https://host/x', secret: '***' },
      polling: { route: '/health', timeoutSeconds: 0.25 },
    });
    expect(formatResolvedOptionsText(options)).not.toContain('hunter2');
  });

  it('is one line a value as text', () => {
    const lines = formatResolvedOptionsText(loadSessionOptions({ cwd: makeDirectory() })).split(
      '\n',
    );
    expect(lines).toContain('polling.intervalSeconds = 10  (default)');
    expect(lines).toContain('polling.route = "/"  (default)');
    expect(lines).toContain('mail = null  (default)');
  });
});
