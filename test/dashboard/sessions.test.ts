import { countSessions } from '../../lib/dashboard/dashboard-metrics.ts';
import { nameSessions } from '../../lib/dashboard/name-sessions.ts';
import { isLivePath, parseSessionTarget } from '../../lib/dashboard/session-target.ts';
import { summarizeSilence } from '../../lib/dashboard/session-summary.ts';
import { SessionWatch } from '../../lib/dashboard/session-watch.ts';
import { VigilError } from '../../lib/errors.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';

describe('nameSessions', () => {
  it('calls each by its folder, once, and the second of a name by a number', () => {
    const named = nameSessions(['/a/web', '/b/web', '/a/web/', '/c/web-2', '/b/api']);
    expect(named.map(({ name, stateDirectory }) => [name, stateDirectory])).toEqual([
      ['web', '/a/web'],
      ['web-2', '/b/web'],
      ['web-2-2', '/c/web-2'],
      ['api', '/b/api'],
    ]);
  });

  it('leaves out what is too much for one page', () => {
    const many = Array.from({ length: 100 }, (_, index) => `/sessions/${String(index)}`);
    expect(nameSessions(many)).toHaveLength(64);
  });
});

describe('parseSessionTarget', () => {
  it.each([
    ['/session/web/status', { name: 'web', target: '/status' }],
    ['/session/web/', { name: 'web', target: '/' }],
    [
      '/session/my%20shop/events?n=1&x=/session/a/',
      { name: 'my shop', target: '/events?n=1&x=/session/a/' },
    ],
    ['/session/web', null],
    ['/session/web?x=/status', null],
    ['/session/%E0%A4/status', null],
    ['/status', null],
  ])('reads %s', (target, expected) => {
    expect(parseSessionTarget(target)).toEqual(expected);
  });

  it.each([
    ['/session/web/live', true],
    ['/live', false],
    ['/session/web/live/', false],
    ['/session/web/status', false],
  ])('knows the live feed of a session: %s is %s', (path, isLive) => {
    expect(isLivePath(path)).toBe(isLive);
  });
});

describe('summarizeSilence', () => {
  it.each([
    ['ERR_SESSION_NOT_RUNNING', false, 'ended'],
    ['ERR_SESSION_NOT_RUNNING', true, 'gone'],
    ['ERR_CONTROL', true, 'silent'],
  ] as const)('%s with a lock left behind: %s is %s', (code, hasLock, state) => {
    const summary = summarizeSilence('web', new VigilError(code, 'why'), hasLock);
    expect(summary).toEqual({
      name: 'web',
      state,
      answer: null,
      problem: { code, message: 'why' },
    });
  });
});

describe('SessionWatch', () => {
  it('looks for sessions again after a second, and not before', async () => {
    const clock = new ManualClock();
    let directories = ['/nowhere/web'];
    let looked = 0;
    const watch = new SessionWatch(() => {
      looked += 1;
      return directories;
    }, clock);
    expect(await watch.summaries()).toMatchObject([{ name: 'web', state: 'ended' }]);
    directories = ['/nowhere/web', '/nowhere/api'];
    clock.advance(999);
    expect(await watch.summaries()).toHaveLength(1);
    expect([watch.find('api'), looked]).toEqual([undefined, 1]);
    clock.advance(1);
    expect(await watch.summaries()).toHaveLength(2);
    expect(watch.find('api')).toEqual({ name: 'api', stateDirectory: '/nowhere/api' });
    const [family] = countSessions(await watch.summaries());
    expect(family?.samples.find(({ labels }) => labels?.['state'] === 'ended')?.value).toBe(2);
  });
});
