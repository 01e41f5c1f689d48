import {
  type Belief,
  decideNotifications,
  type Happening,
  NOTHING_SAID,
} from '../../../lib/session/monitor/service-manager/decide-notifications.ts';

const STAMP = { at: '', seq: 1, generation: 1 };
const READY: Belief = { ...NOTHING_SAID, ready: true };
const RELOADING: Belief = { ...READY, reloading: true };
const STOPPING: Belief = { ...READY, stopping: true };

const HAPPENINGS = {
  ready: { type: 'worker.ready', isFirstTime: true, startMs: 1, ...STAMP },
  takenOver: { type: 'session.takenOver', pid: 42 },
  extended: { type: 'worker.extendedDeadline', ms: 1500, ...STAMP },
  reload: { type: 'reload.started', ...STAMP },
  reloaded: { type: 'reload.succeeded', ...STAMP },
  rolledBack: { type: 'reload.rolledBack', reason: 'it died', ...STAMP },
  hangupRunning: { type: 'signal.hangup', slotState: 'running' },
  hangupBroken: { type: 'signal.hangup', slotState: 'broken' },
  hangupReloading: { type: 'signal.hangup', slotState: 'reloading' },
  ending: { type: 'session.ending', reason: 'SIGTERM', ...STAMP },
  ended: { type: 'session.ended', reason: 'SIGTERM', exitCode: 0, ...STAMP },
  died: { type: 'breaker.opened', score: 6, retryInMs: 1, ...STAMP },
} as const satisfies Record<string, Happening>;

const BEGUN = 'RELOADING=1 MONOTONIC_USEC=1234567';
const LAST = 'STOPPING=1 EXTEND_TIMEOUT_USEC=30000000';

describe('decideNotifications', () => {
  it.each([
    ['nothing was said', NOTHING_SAID, 'ready', ['READY=1'], READY],
    ['it was ready before', READY, 'ready', [], READY],
    ['another monitor had it', NOTHING_SAID, 'takenOver', ['READY=1 MAINPID=42'], READY],
    ['it starts', NOTHING_SAID, 'extended', ['EXTEND_TIMEOUT_USEC=1500000'], NOTHING_SAID],
    ['it serves', READY, 'extended', [], READY],
    ['it reloads', RELOADING, 'extended', ['EXTEND_TIMEOUT_USEC=1500000'], RELOADING],
    ['it serves', READY, 'reload', [BEGUN], RELOADING],
    ['it starts', NOTHING_SAID, 'reload', [], NOTHING_SAID],
    ['it reloads', RELOADING, 'reloaded', ['READY=1'], READY],
    ['it reloads', RELOADING, 'rolledBack', ['READY=1'], READY],
    ['no reload was told of', NOTHING_SAID, 'reloaded', [], NOTHING_SAID],
    ['the events will tell', READY, 'hangupRunning', [], READY],
    ['the reload is refused', READY, 'hangupBroken', [BEGUN, 'READY=1'], READY],
    ['another reload goes on', RELOADING, 'hangupReloading', [BEGUN], RELOADING],
    ['it starts', NOTHING_SAID, 'hangupBroken', [], NOTHING_SAID],
    ['it serves', READY, 'ending', [LAST], STOPPING],
    ['it ends by itself', READY, 'ended', [LAST], STOPPING],
    ['it ends', STOPPING, 'ended', [], STOPPING],
    ['it ends', STOPPING, 'ready', [], STOPPING],
    ['it ends', STOPPING, 'hangupBroken', [], STOPPING],
    ['the server is down, the monitor is not', READY, 'died', [], READY],
  ] as const)('%s (%j), and then %s: %j', (_when, before, what, messages, after) => {
    const { belief, messages: said } = decideNotifications(before, HAPPENINGS[what], 1234.5678);
    expect(said.map((message) => message.join(' '))).toEqual(messages);
    expect(belief).toEqual(after);
  });
});
