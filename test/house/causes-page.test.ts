import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CAUSES } from '../../lib/supervision/cause.ts';

describe('the page of causes', () => {
  it('has every cause of the closed list, in the order in which they are taken, and no other', () => {
    const page = readFileSync(resolve(__dirname, '../../docs/reference/causes.md'), 'utf8');
    const told = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, cause]) => cause);
    expect(told).toEqual([...CAUSES]);
  });
});
