import { readdirSync } from 'node:fs';
import {
  createUnlock,
  handLockTo,
  identifyHolder,
  lockSession,
  readLockHolder,
} from '../../lib/session/monitor/session-lock.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

describe('the lock of a session', () => {
  it('is handed to another process in one step, and is not given up by the one that had it', async () => {
    const directory = await makeTempDirectory();
    const unlock = lockSession(directory, 'shop');
    const successor = identifyHolder(process.ppid);
    handLockTo(directory, successor);
    unlock();
    expect(readLockHolder(directory)).toEqual(successor);
    expect(readdirSync(directory)).toEqual(['lock']);
    expect(() => lockSession(directory, 'shop')).toThrow(/pid \d+/);
  });

  it('is given up by who was handed it', async () => {
    const directory = await makeTempDirectory();
    const unlock = createUnlock(directory);
    handLockTo(directory, identifyHolder(process.pid));
    unlock();
    expect(readLockHolder(directory)).toBeNull();
  });
});
