import { takeNotifyDoor } from '../../../lib/session/monitor/service-manager/notify-door.ts';

const OWN = String(process.pid);

describe('takeNotifyDoor', () => {
  it.each([
    ['a path', { NOTIFY_SOCKET: '/run/notify' }, null],
    ['an abstract name', { NOTIFY_SOCKET: '@/org/notify' }, null],
    ['a watchdog', { NOTIFY_SOCKET: '@a', WATCHDOG_USEC: '3000000', WATCHDOG_PID: OWN }, 3000],
    ['a watchdog for whoever', { NOTIFY_SOCKET: '@a', WATCHDOG_USEC: '500' }, 0.5],
  ])('takes %s and leaves nothing behind', (_what, given, watchdogMs) => {
    const environment: NodeJS.ProcessEnv = { ...given, HOME: '/' };
    const door = { socket: given.NOTIFY_SOCKET, watchdogMs };
    expect(takeNotifyDoor(environment)).toEqual({ door, warnings: [] });
    expect(environment).toEqual({ HOME: '/' });
  });

  it.each([
    ['', /NOTIFY_SOCKET is "", no address/],
    ['relative', /NOTIFY_SOCKET is "relative", no address/],
    ['@', /no address/],
    [`/${'x'.repeat(200)}`, /no address/],
  ])('refuses the address %j', (socket, warning) => {
    const environment: NodeJS.ProcessEnv = { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '1' };
    const { door, warnings } = takeNotifyDoor(environment);
    expect(door).toBeNull();
    expect(warnings).toEqual([expect.stringMatching(warning)]);
    expect(environment).toEqual({});
  });

  it.each([
    ['of another process', { WATCHDOG_USEC: '3000000', WATCHDOG_PID: '1' }, /is for process "1"/],
    ['that is no time', { WATCHDOG_USEC: 'soon' }, /WATCHDOG_USEC is "soon", no time/],
    ['of no time at all', { WATCHDOG_USEC: '0' }, /no time/],
  ])('warns of a watchdog %s, and speaks all the same', (_what, given, warning) => {
    const { door, warnings } = takeNotifyDoor({ NOTIFY_SOCKET: '@a', ...given });
    expect(door).toEqual({ socket: '@a', watchdogMs: null });
    expect(warnings).toEqual([expect.stringMatching(warning)]);
  });
});
