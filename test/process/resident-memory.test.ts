import { itWhere } from '../support/it-where.ts';
import { readResidentBytes } from '../../lib/process/resident-memory.ts';

// Above what Linux ever gives.
const NOBODY = 2 ** 22 + 1;

describe('the memory of a process', () => {
  itWhere(process.platform === 'linux', 'read from /proc')('is told of one that runs', () => {
    expect(readResidentBytes(process.pid)).toBeGreaterThan(1e6);
  });

  it('is null of one that does not', () => {
    expect(readResidentBytes(NOBODY)).toBeNull();
  });
});
