import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AdminAudit, type AuditEntry } from '../../lib/fleet/admin/admin-audit.ts';
import { systemClock } from '../../lib/util/clock.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const ENTRY = {
  user: 'ops',
  clientId: 'c',
  address: '127.0.0.1',
  action: 'execute',
  outcome: 'accepted',
} as const;

async function write(...entries: readonly AuditEntry[]): Promise<string> {
  const file = join(await makeTempDirectory(), 'logs/admin.log');
  const audit = new AdminAudit({
    file,
    clock: systemClock,
    warn: (text) => expect(text).toBeNull(),
  });
  for (const entry of entries) audit.append(entry);
  await audit.close();
  return readFile(file, 'utf8');
}

describe('AdminAudit', () => {
  it('writes one JSON object a line', async () => {
    const text = await write(
      { ...ENTRY, moduleId: '__console__', body: { signal: 'stop', ids: ['a'] } },
      { ...ENTRY, action: 'login', outcome: 'refused' },
    );
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(lines).toEqual([
      {
        at: expect.any(String),
        ...ENTRY,
        moduleId: '__console__',
        body: { signal: 'stop', ids: ['a'] },
      },
      { at: expect.any(String), ...ENTRY, action: 'login', outcome: 'refused' },
    ]);
  });

  it('leaves secrets out, by their keys and in words', async () => {
    const text = await write({
      ...ENTRY,
      body: {
        password: 'S1',
        deep: { authToken: ['S2'], list: [{ API_KEY: 'S3' }] },
        args: ['id=x', 'dbPassword=S4\nS5', 'secret=S6'],
      },
    });
    expect(text).not.toMatch(/S\d/);
    expect(text).toContain('dbPassword=***');
  });

  it('lets nothing of a client act on a terminal or begin a line', async () => {
    const evil = 'a\n{"user":"root"}\r\u001b[2J\u009b2J\u202e\u2028\u007f';
    const text = await write({ ...ENTRY, clientId: evil, moduleId: evil, body: { [evil]: evil } });
    expect(text.split('\n')).toHaveLength(2);
    // eslint-disable-next-line no-control-regex -- these are what it is about
    expect(text.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
    expect(JSON.parse(text)).toMatchObject({ clientId: evil, body: { [evil]: evil } });
  });

  it('cuts a body that is long or deep', async () => {
    let deep: unknown = 'x';
    for (let depth = 0; depth < 50_000; depth += 1) deep = [deep];
    const text = await write(
      { ...ENTRY, body: { deep } },
      { ...ENTRY, body: { long: 'x'.repeat(100_000) } },
    );
    expect(text.length).toBeLessThan(10_000);
  });
});
