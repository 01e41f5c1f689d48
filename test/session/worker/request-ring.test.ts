import { readRing, SLOT_COUNT } from '../../../lib/report/request-slots.ts';
import { RequestRing } from '../../../lib/session/worker/flight-recorder/request-ring.ts';
import type { SlotOwner } from '../../../lib/session/worker/flight-recorder/request-tap.ts';

const NOW = 1000;

function take(ring: RequestRing, count: number): SlotOwner[] {
  return Array.from({ length: count }, (_, index) => {
    const owner: SlotOwner = {};
    ring.take(owner, { method: 'GET', url: `/${String(index)}` }, index);
    return owner;
  });
}

function pathsOf(ring: RequestRing): string[] {
  return readRing(ring.bytes, NOW).requestsInFlight.map(({ path }) => path);
}

describe('the ring of requests in flight', () => {
  it('keeps the oldest and the newest of more than fit, and counts the others', () => {
    const ring = new RequestRing();
    const more = 40;
    const owners = take(ring, SLOT_COUNT + more);
    expect(ring.isFull).toBe(true);
    const paths = pathsOf(ring);
    expect(paths).toHaveLength(SLOT_COUNT);
    expect(paths).toContain('/0');
    expect(paths.at(-1)).toBe(`/${String(SLOT_COUNT + more - 1)}`);
    expect(readRing(ring.bytes, NOW).moreRequests).toBe(more);
    for (const owner of owners) ring.leave(owner);
    for (const owner of owners) ring.release(owner);
    expect(readRing(ring.bytes, NOW)).toMatchObject({ requestsInFlight: [], moreRequests: 0 });
    expect(ring.isFull).toBe(false);
  });

  it('tells once which bytes a file of it lacks', () => {
    const ring = new RequestRing();
    ring.takeChanges();
    expect(ring.takeChanges()).toBeNull();
    take(ring, 1);
    const { from = 0, to = 0 } = ring.takeChanges() ?? {};
    expect(ring.bytes.subarray(from, to).toString('latin1')).toContain('/0');
    expect(ring.takeChanges()).toBeNull();
  });
});
