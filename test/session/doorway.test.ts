import { HeldSockets } from '../../lib/process/listener/held-sockets.ts';
import { Doorway } from '../../lib/session/monitor/doorway.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';

interface Scene {
  readonly clock: ManualClock;
  readonly held: HeldSockets;
  readonly doorway: Doorway;
  /** What the doorkeeper was told, in order. */
  readonly told: (number | 'close')[];
}

function setScene(): Scene {
  const clock = new ManualClock();
  const held = new HeldSockets();
  const told: Scene['told'] = [];
  const keeper = {
    isOpen: false,
    open(retryAfterMs: number) {
      this.isOpen = true;
      told.push(retryAfterMs);
    },
    close() {
      this.isOpen = false;
      told.push('close');
    },
  };
  return { clock, held, told, doorway: new Doorway(held, clock, keeper) };
}

function listensAgain(held: HeldSockets): void {
  held.note({ address: null, port: 3000, addressType: 4, flags: 0, index: 0 }, true);
}

describe('Doorway', () => {
  it.each([
    ['a start that follows at once', null],
    ['a restart within two seconds', 1500],
  ])('has clients wait for %s', (_what, nextStartInMs) => {
    const { clock, held, doorway, told } = setScene();
    doorway.serverGone(nextStartInMs === null ? null : clock.now() + nextStartInMs);
    clock.advance(1900);
    listensAgain(held);
    clock.advance(60_000);
    expect(told).toEqual(['close']);
    expect(clock.waiting).toBe(0);
  });

  it('has clients answered at once when the next start is far away, and told when it comes', () => {
    const { clock, doorway, told } = setScene();
    doorway.serverGone(clock.now() + 300_000);
    expect(told).toEqual([300_000]);
    expect(clock.waiting).toBe(0);
  });

  it('has clients answered when a start takes longer than was worth waiting for', () => {
    const { clock, held, doorway, told } = setScene();
    doorway.serverGone(null);
    clock.advance(1999);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual([0]);
    listensAgain(held);
    expect(told).toEqual([0, 'close']);
  });

  it('stays open, with a new time, when a trial start dies before it listens', () => {
    const { clock, doorway, told } = setScene();
    doorway.serverGone(clock.now() + 5000);
    clock.advance(5000);
    doorway.serverGone(clock.now() + 1000);
    expect(told).toEqual([5000, 1000]);
    expect(clock.waiting).toBe(0);
  });

  it('closes when the session ends, also while it still has patience', () => {
    const { clock, doorway, told } = setScene();
    doorway.serverGone(null);
    doorway.serverBack();
    clock.advance(60_000);
    expect(told).toEqual(['close']);
  });
});
