import { resolveSpawnerOptions } from '../../lib/spawner/resolve-spawner-options.ts';
import type { SpawnStateBody } from '../../lib/spawner/spawn-event.ts';
import { Spawn } from '../../lib/spawner/spawn.ts';
import type { SpawnerOptions } from '../../lib/spawner/spawner-options.ts';
import { FakeChild, type FakeChildOptions } from '../../lib/testing/fake-child.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';

function start(
  settings: Partial<SpawnerOptions> = {},
  own: FakeChildOptions & { isSpare?: boolean; adoptedFrom?: number } = {},
) {
  const clock = new ManualClock();
  const child = new FakeChild({ ...own, fate: 'survivesSupervisor' });
  const told: SpawnStateBody[] = [];
  const spawn = new Spawn({
    identity: { id: 'id', secret: 'secret', port: 1, rendererType: 'csr' },
    handle: child,
    isSpare: own.isSpare ?? false,
    adopted: own.adoptedFrom === undefined ? null : { spawnTime: own.adoptedFrom },
    options: resolveSpawnerOptions(
      { command: ['x'], ...settings },
      { workingDirectory: '/', baseDirectory: '/' },
    ),
    clock,
    lastWords: () => [],
    tell: (body) => told.push(body),
  });
  spawn.begin();
  const states = (): string[] => told.map(({ type }) => type.replace('spawn.', ''));
  return { clock, child, spawn, states };
}

describe('a spawn', () => {
  it('is suspect after two intervals and 2 s, then asked, killed, and a zombie, 5 s each', async () => {
    const { clock, child, spawn, states } = start({}, { endsOf: [] });
    spawn.hear('ready');
    clock.advance(11_999);
    expect(spawn.state).toBe('ready');
    clock.advance(1);
    expect(spawn.state).toBe('suspect');
    clock.advance(4_999);
    expect(child.signals).toEqual([]);
    clock.advance(1);
    expect([spawn.state, child.signals[0]]).toEqual(['terminating', 'SIGTERM']);
    clock.advance(5000);
    expect([spawn.state, child.signals.at(-1)]).toEqual(['killed', 'SIGKILL']);
    clock.advance(4999);
    expect(spawn.state).toBe('killed');
    clock.advance(1);
    expect(spawn.state).toBe('zombie');
    child.end({ signal: 'SIGKILL' });
    await spawn.cleared;
    expect(states()).toEqual([
      ...['launching', 'ready', 'suspect', 'terminating', 'killed', 'zombie', 'dead'],
    ]);
    expect(spawn.endReason).toBe('silent for 17 s');
    expect(clock.waiting).toBe(0);
  });

  it('counts both times anew from each word, and comes back from suspicion', () => {
    const { clock, spawn } = start();
    spawn.hear('ready');
    for (let word = 0; word < 10; word += 1) {
      clock.advance(13_000);
      expect(spawn.state).toBe('suspect');
      spawn.hear(word % 2 === 0 ? 'ping' : 'ready');
      expect(spawn.state).toBe('ready');
    }
  });

  it('has until its start deadline, whatever it says but ready', async () => {
    const { clock, spawn } = start({ startDeadlineSeconds: 20 });
    clock.advance(19_999);
    spawn.hear('ping');
    expect(spawn.state).toBe('launching');
    clock.advance(1);
    expect(await spawn.launched).toMatchObject({
      cause: 'start-timeout',
      endedBecause: 'not ready within 20 s',
    });
  });

  it('that has said goodbye is asked to end only after its time, and at once when others want it', async () => {
    const patient = start({}, { endsOf: [] });
    patient.spawn.hear('ready');
    patient.spawn.hear('disconnect');
    patient.clock.advance(16_999);
    expect([patient.spawn.state, patient.child.signals]).toEqual(['disconnected', []]);
    patient.clock.advance(1);
    expect(patient.spawn.state).toBe('terminating');

    const hurried = start();
    hurried.spawn.hear('ready');
    hurried.spawn.hear('disconnect');
    hurried.spawn.end('the spawner ends', 'session-end');
    hurried.clock.advance(0);
    expect(hurried.child.signals[0]).toBe('SIGTERM');
    await hurried.spawn.cleared;
    expect(hurried.spawn.endReason).toBe('it has disconnected');
  });

  it('is not watched for use before somebody has it', () => {
    const { clock, spawn } = start(
      { initialUseSeconds: 1, idleSeconds: 1, maxLifetimeSeconds: 1 },
      { isSpare: true },
    );
    spawn.hear('ready');
    clock.advance(5000);
    expect(spawn.state).toBe('ready');
    spawn.claim();
    clock.advance(999);
    expect(spawn.isLasting).toBe(true);
    clock.advance(1);
    expect(spawn.isLasting).toBe(false);
  });

  it.each([
    [{ initialUseSeconds: 10 }, 'not used within 10 s', 10_000],
    [{ idleSeconds: 7 }, 'idle for 7 s', 7000],
    [{ maxLifetimeSeconds: 9 }, 'its lifetime of 9 s is over', 9000],
  ])('ends by %j: %s', (settings, reason, afterMs) => {
    const { clock, spawn } = start({ ...settings, livelinessIntervalSeconds: 100 });
    spawn.hear('ready');
    clock.advance(afterMs - 1);
    expect(spawn.endReason).toBeNull();
    clock.advance(1);
    expect(spawn.endReason).toBe(reason);
  });

  it('is idle from its last use, and unused no more after the first', () => {
    const { clock, spawn } = start({
      initialUseSeconds: 5,
      idleSeconds: 10,
      livelinessIntervalSeconds: 100,
    });
    spawn.hear('ready');
    clock.advance(4000);
    spawn.hear('ping', true);
    clock.advance(9000);
    spawn.followUse(() => 0)();
    clock.advance(9999);
    spawn.hear('ping', false);
    expect(spawn.endReason).toBeNull();
    clock.advance(1);
    expect(spawn.endReason).toBe('idle for 10 s');
  });

  it('that was adopted is ready as soon as it is heard of', () => {
    const { spawn } = start({}, { adoptedFrom: 1000 });
    spawn.hear('ping');
    expect(spawn.state).toBe('ready');
    expect(spawn.spawnTime).toBe(1000);
  });
});
