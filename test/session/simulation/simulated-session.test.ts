import { parseScript } from '../../../lib/session/simulation/parse-script.ts';
import {
  type Simulation,
  SimulatedSession,
} from '../../../lib/session/simulation/simulated-session.ts';
import { resolveSessionOptions } from '../../../lib/session/options/resolve-session-options.ts';
import type { SessionOptions } from '../../../lib/session/options/session-options.ts';

function simulate(script: string, options: SessionOptions = {}): Promise<Simulation> {
  return new SimulatedSession(parseScript(script), resolveSessionOptions(options)).run();
}

/** A step as one line. */
async function tell(script: string, options: SessionOptions = {}): Promise<string[]> {
  const { steps } = await simulate(script, options);
  return steps.map(({ atMs, event, cause, decision, delayMs, exitCode }) =>
    [atMs, event, cause, decision, delayMs, exitCode].filter((part) => part !== null).join(' '),
  );
}

describe('a simulated session', () => {
  it('restarts at once after the first failure and ever later after the next', async () => {
    expect(await tell('crash*3')).toEqual([
      '0 ready',
      '0 crash crash restart 0',
      '0 ready',
      '0 crash crash restart 500',
      '500 ready',
      '500 crash crash restart 1000',
      '1500 ready',
    ]);
  });

  it('opens the breaker when the score says so and closes it with a trial that is ready', async () => {
    const { steps } = await simulate('crash*6');
    expect(steps.filter(({ event }) => event === 'crash').map(({ score }) => score)).toEqual([
      1, 2, 2.99, 3.95, 4.86, 5.64,
    ]);
    expect(steps.slice(-3)).toMatchObject([
      { atMs: 7500, state: 'broken', breaker: 'open', decision: 'breakerOpens', delayMs: 300_000 },
      { atMs: 307_500, event: 'trial', state: 'starting', breaker: 'halfOpen' },
      { atMs: 307_500, event: 'ready', state: 'running', breaker: 'closed' },
    ]);
  });

  it('opens the breaker again when a trial fails', async () => {
    const breaker = { failures: 1, cooldownSeconds: 10 };
    expect(await tell('start-failed*3', { restart: { breaker } })).toEqual([
      '0 start-failed start-failed restart 0',
      '0 start-failed start-failed breakerOpens 10000',
      '10000 trial',
      '10000 start-failed start-failed breakerOpens 10000',
      '20000 trial',
      '20000 ready breakerCloses',
    ]);
  });

  it('takes the time the monitor needs to see a hang, failed polls and a start that comes to nothing', async () => {
    const { steps } = await simulate('hang,health,start-timeout', {
      heartbeat: { silenceSeconds: 7 },
      polling: { intervalSeconds: 3, failureTolerance: 1 },
      startup: { deadlineSeconds: 11 },
    });
    const deaths = steps.filter(({ cause }) => cause !== null);
    expect(deaths.map(({ cause, noticedAfterMs }) => [cause, noticedAfterMs])).toEqual([
      ['hang', 7000],
      ['health', 6000],
      ['start-timeout', 11_000],
    ]);
  });

  it.each<[string, NonNullable<SessionOptions['restart']>, number]>([
    ['exit:125', {}, 125],
    ['exit:0', { policy: 'transient' }, 0],
    ['crash', { policy: 'temporary' }, 1],
    ['crash', { stopOn: [1] }, 1],
    ['hang', { policy: 'temporary' }, 137],
    ['start-failed*2', { breaker: { failures: 1, onOpen: 'exit' } }, 70],
  ])('ends after %s with %j', async (script, restart, exitCode) => {
    const { steps, unreached, next } = await simulate(`${script},crash,ok:5`, { restart });
    expect(steps.at(-1)).toMatchObject({ event: 'end', exitCode, state: 'stopped' });
    expect(unreached).toHaveLength(2);
    expect(next).toBeNull();
  });

  it('lets the score sink while the server runs well', async () => {
    const { steps, next } = await simulate('crash*2,ok:600');
    expect(steps.at(-1)).toMatchObject({ event: 'ok', atMs: 600_500, score: 0 });
    expect(next).toMatchObject({ event: 'diedToRestartNow', verdict: { attempt: 0 } });
  });

  it('has a spare take over, and starts the next one later', async () => {
    expect(await tell('crash*2', { standby: true })).toEqual([
      '0 ready',
      '0 crash crash promote 0',
      '0 ready',
      '0 crash crash promote 0',
      '0 ready',
    ]);
    expect(await tell('crash', { standby: true, socket: { hold: false } })).toContain(
      '0 crash crash restart 0',
    );
  });

  it('has nobody ask for its health without polling', async () => {
    const { steps } = await simulate('health,crash', { polling: false });
    expect(steps.map(({ event, cause }) => [event, cause])).toEqual([
      ['ready', null],
      ['health', null],
      ['crash', 'crash'],
      ['ready', null],
    ]);
  });

  it('says within which bounds the jitter leaves a wait', async () => {
    const { steps } = await simulate('crash*2', {
      restart: { backoff: { baseSeconds: 1, jitter: 0.5 } },
    });
    expect(steps.at(-2)).toMatchObject({ delayMs: 1000, delayRangeMs: [500, 1500] });
  });
});
