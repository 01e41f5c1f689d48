import type { ControlPort, ReloadReply, TakeOverPort } from '../../http/control-port.ts';
import type { Clock } from '../../util/clock.ts';
import type { SessionEvent } from '../session-event.ts';
import { createConsoleRunner } from './console-runner.ts';
import type { EndingOrder } from './ending.ts';
import type { SessionExplanation } from './explanation.ts';
import { maskEvent } from './mask-event.ts';
import type { OperatedSession } from './operated-session.ts';
import { createRefusal, restartServer } from './session-orders.ts';
import type { SocketOffer } from './take-over-offer.ts';

/** What the session offers on its control socket. @lazy */
export function createControlAdapter(engine: OperatedSession, clock: Clock): ControlPort {
  const end = (order: Omit<EndingOrder, 'exitCode'>): Promise<{ readonly ending: true }> => {
    setImmediate(() => {
      engine.end({ ...order, exitCode: 0 });
    });
    return Promise.resolve({ ending: true });
  };
  const mask = createEventMask(engine);
  return {
    status: () => engine.status,
    runCommand: createConsoleRunner(engine, clock),
    complete: (line) => engine.commands.complete(line),
    restart: ({ force }) => restartServer(engine, force),
    reload: () => reload(engine),
    stop: ({ force }) =>
      end({ reason: force ? 'vigil stop --force' : 'vigil stop', graceful: true, drains: !force }),
    kill: () => end({ reason: 'vigil kill', graceful: false }),
    set: (path, value) => {
      engine.set(path, value);
      return Promise.resolve({ path, value });
    },
    recentEvents: (count) => engine.journal.stream.recent(count).map(mask),
    followEvents: (signal) => mapEach(engine.journal.stream.follow(signal), mask),
    testAlert: () => engine.services.notifications.testAlert(),
    explain: () => explain(engine, clock),
    readiness: () => {
      const { state, worker } = engine.status;
      return { isReady: worker?.state === 'ready' || worker?.state === 'degraded', state };
    },
    listCrashes: async () => (await engine.services.store.list()).reports,
    showCrash: (id) => engine.services.store.show(id),
    clearCrashes: async () => ({ removed: await engine.services.store.clear() }),
    takeOver: createTakeOverPort(engine, clock),
  };
}

function explain(engine: OperatedSession, clock: Clock): SessionExplanation {
  const { explainSession } = require('./explanation') as typeof import('./explanation.ts');
  return explainSession(engine, clock);
}

function createTakeOverPort(engine: OperatedSession, clock: Clock): TakeOverPort {
  let offer: SocketOffer | null = null;
  const load = (): SocketOffer => {
    const { SocketOffer: Offer } =
      require('./take-over-offer') as typeof import('./take-over-offer.ts');
    return (offer ??= new Offer(engine, clock));
  };
  return {
    offer: (pid) => load().offer(pid),
    conclude: (pid, queries) => load().conclude(pid, queries),
  };
}

/** Events leave the process without secrets. One event stays one object, however many follow it. */
function createEventMask(engine: OperatedSession): (event: SessionEvent) => SessionEvent {
  const maskedOf = new WeakMap<SessionEvent, SessionEvent>();
  return (event) => {
    const known = maskedOf.get(event);
    if (known !== undefined) return known;
    const masked = maskEvent(event, (text) => engine.mask.hide(text));
    maskedOf.set(event, masked);
    return masked;
  };
}

async function* mapEach<T>(source: AsyncIterable<T>, map: (value: T) => T): AsyncGenerator<T> {
  for await (const value of source) yield map(value);
}

async function reload(engine: OperatedSession): Promise<ReloadReply> {
  const verdict = await engine.supervisor.slot.reload();
  if (verdict.outcome === 'succeeded') return { ok: true };
  if (verdict.outcome === 'rolledBack')
    return { ok: false, reason: `rolled back: ${verdict.reason}` };
  const { message, code } = createRefusal(verdict.reason);
  return { ok: false, reason: message, code };
}
