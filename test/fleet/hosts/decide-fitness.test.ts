import type { PreflightFacts } from '../../../lib/fleet/hosts/agent-protocol.ts';
import { decideFitness } from '../../../lib/fleet/hosts/decide-fitness.ts';

const ORDER = { base: '/srv/chat', main: '/srv/chat/app.js', ports: [] };
const GOOD: PreflightFacts = {
  node: '20.19.0',
  platform: 'linux',
  hasBase: true,
  hasMain: true,
  freeBytes: 2 ** 30,
  takenPorts: [],
};

describe('decideFitness', () => {
  it('finds nothing missing on a host that has everything', () => {
    expect(decideFitness(GOOD, ORDER, 100)).toEqual([]);
    expect(decideFitness({ ...GOOD, node: '24.0.0', freeBytes: null }, ORDER, null)).toEqual([]);
  });

  it.each<[string, Partial<PreflightFacts>, number | null]>([
    ['its Node is 20.18.3; at least 20.19 is needed', { node: '20.18.3' }, null],
    ['it runs darwin; servers are started on Linux only', { platform: 'darwin' }, null],
    ['its clock is 61 s ahead of that of the master', {}, 61_000],
    ['its clock is 3600 s behind that of the master', {}, -3_600_000],
    ['the directory /srv/chat is not there', { hasBase: false, hasMain: false }, null],
    ['the file /srv/chat/app.js is not there', { hasMain: false }, null],
    [
      '1 MB of disk are free for /srv/chat; at least 50 MB are needed',
      { freeBytes: 2 ** 20 },
      null,
    ],
    ['port 6050 is taken', { takenPorts: [{ port: 6050, owner: null }] }, null],
    [
      'port 6050 is taken by nc -l (pid 7)',
      { takenPorts: [{ port: 6050, owner: 'nc -l (pid 7)' }] },
      null,
    ],
  ])('says: %s', (problem, facts, skewMs) => {
    expect(decideFitness({ ...GOOD, ...facts }, ORDER, skewMs)).toEqual([problem]);
  });

  it('lists all that is missing', () => {
    const facts = { ...GOOD, node: '18.0.0', hasMain: false };
    expect(decideFitness(facts, ORDER, null)).toHaveLength(2);
  });
});
