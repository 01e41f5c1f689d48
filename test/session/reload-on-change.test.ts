import { ReloadOnChange } from '../../lib/session/monitor/reload-on-change.ts';
import { SessionJournal } from '../../lib/session/monitor/session-journal.ts';
import type { ReloadVerdict } from '../../lib/process/slot-settings.ts';
import type { SlotState } from '../../lib/supervision/slot-machine.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';

function startScene(): {
  slot: { state: SlotState };
  orders: string[];
  journal: SessionJournal;
  onChange: ReloadOnChange;
  settled: () => Promise<void>;
} {
  const orders: string[] = [];
  const slot = {
    state: 'running' as SlotState,
    reload: (): Promise<ReloadVerdict> => {
      orders.push('reload');
      return Promise.resolve({ outcome: 'succeeded' });
    },
    restart: () => {
      orders.push('restart');
    },
  };
  const journal = new SessionJournal(new ManualClock(), (error) => {
    throw error;
  });
  const onChange = new ReloadOnChange(slot, journal);
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return { slot, orders, journal, onChange, settled };
}

describe('a change of the watched files', () => {
  it.each([
    ['running', ['reload']],
    ['backingOff', ['restart']],
    ['broken', ['restart']],
    ['starting', []],
    ['reloading', []],
    ['stopping', []],
  ] as const)('while the server is %s has it %j', (state, expected) => {
    const { slot, orders, onChange } = startScene();
    slot.state = state;
    onChange.changed();
    expect(orders).toEqual(expected);
  });

  it('during a reload leads to one more reload after it, however often it happens', async () => {
    const { slot, orders, journal, onChange, settled } = startScene();
    slot.state = 'reloading';
    onChange.changed();
    onChange.changed();
    slot.state = 'running';
    journal.tell({ type: 'reload.rolledBack', reason: 'the successor died' });
    await settled();
    journal.tell({ type: 'reload.succeeded' });
    await settled();
    expect(orders).toEqual(['reload']);
  });

  it('is forgotten once a process starts that reads the files as they are', async () => {
    const { slot, orders, journal, onChange, settled } = startScene();
    slot.state = 'restarting';
    onChange.changed();
    journal.tell({ type: 'worker.forked' });
    slot.state = 'running';
    journal.tell({ type: 'worker.ready', isFirstTime: false, startMs: 1 });
    await settled();
    expect(orders).toEqual([]);
  });

  it('is not forgotten because a spare process starts', async () => {
    const { slot, orders, journal, onChange, settled } = startScene();
    slot.state = 'retiring';
    onChange.changed();
    journal.tell({ type: 'worker.forked', standby: true });
    slot.state = 'running';
    journal.tell({ type: 'reload.succeeded' });
    await settled();
    expect(orders).toEqual(['reload']);
  });

  it('while a process starts, which may have read them already, replaces that once it is ready', async () => {
    const { slot, orders, journal, onChange, settled } = startScene();
    slot.state = 'starting';
    onChange.changed();
    slot.state = 'running';
    journal.tell({ type: 'worker.ready', isFirstTime: true, startMs: 1 });
    await settled();
    expect(orders).toEqual(['reload']);
  });
});
