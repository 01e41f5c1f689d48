import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Claim } from '../../../lib/fleet/hosts/agent/claim.ts';
import { LeaseFolder } from '../../../lib/fleet/hosts/agent/lease-folder.ts';
import { ManualClock } from '../../../lib/util/manual-clock.ts';
import { makeTempDirectory } from '../../support/temp-directory.ts';

const LEASE = {
  run: 'r1',
  state: 'running',
  epoch: 1,
  pid: 12,
  startTime: '345',
  boot: 'b',
  since: 1,
  code: null,
  signal: null,
} as const;

describe('a claim of a fleet on a host', () => {
  it('holds until the next one, which is of a later epoch', async () => {
    const clock = new ManualClock();
    const folder = new LeaseFolder(await makeTempDirectory());
    const first = new Claim(folder, 'master', clock);
    first.check();
    const second = new Claim(folder, 'master', clock);
    expect([first.epoch, second.epoch]).toEqual([1, 2]);
    expect(() => {
      first.check();
    }).toThrow('the orders of claim 1 are refused: claim 2 was made since');
    expect([first.isFenced, second.isFenced]).toEqual([true, false]);
    // What the first says late takes nothing from the second.
    first.noteOwner();
    second.check();
  });

  it('is refused to the master of another machine while the first is heard of', async () => {
    const clock = new ManualClock();
    const folder = new LeaseFolder(await makeTempDirectory());
    const first = new Claim(folder, 'one', clock);
    clock.advance(59_000);
    expect(() => new Claim(folder, 'two', clock)).toThrow('was heard of 59 s ago');
    first.noteOwner();
    clock.advance(59_000);
    expect(() => new Claim(folder, 'two', clock)).toThrow('the master one has the servers');
    clock.advance(1000);
    const second = new Claim(folder, 'two', clock);
    second.release();
    expect(new Claim(folder, 'one', clock).epoch).toBe(3);
  });
});

describe('LeaseFolder', () => {
  it('gives back what was written, by server, and nothing that cannot be read', async () => {
    const directory = await makeTempDirectory();
    const folder = new LeaseFolder(directory);
    folder.grant('chat-1', LEASE);
    folder.intend('chat.2', { pid: 7, startTime: '1', boot: null });
    writeFileSync(join(directory, 'torn.lease'), '{"state":"runn');
    writeFileSync(join(directory, 'other.lease'), '{"state":"running","pid":"12"}');
    expect(folder.list().sort()).toEqual(['chat-1', 'chat.2', 'other', 'torn']);
    expect(folder.lease('chat-1')).toEqual(LEASE);
    expect([folder.lease('torn'), folder.lease('other'), folder.fence()]).toEqual([
      null,
      null,
      null,
    ]);
    expect(folder.intents('chat.2')).toEqual([{ pid: 7, startTime: '1', boot: null }]);
    expect(folder.intents('chat')).toEqual([]);
    folder.dropIntent('chat.2', 7);
    folder.remove('chat-1');
    expect(folder.list().sort()).toEqual(['other', 'torn']);
  });
});
