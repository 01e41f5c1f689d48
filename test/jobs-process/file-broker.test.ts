import { join } from 'node:path';
import type { JobDelivery, Mail } from '../../lib/jobs/broker.ts';
import { openBroker } from '../../lib/jobs/open-broker.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { startNode } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const FIXTURES = join(__dirname, '../fixtures/jobs');

/** What a killed process had been told: the ids by the mark in front of them. */
function tally(text: string): Record<'+' | '-' | '=', Set<string>> {
  const found = { '+': new Set<string>(), '-': new Set<string>(), '=': new Set<string>() };
  // The last line may be cut.
  for (const line of text.split('\n').slice(0, -1)) {
    const mark = line.charAt(0);
    if (mark === '+' || mark === '-' || mark === '=') found[mark].add(line.slice(1));
  }
  return found;
}

async function killInTheMiddle(directory: string, run: number): Promise<string> {
  const child = startNode([join(FIXTURES, 'fill-broker.cjs'), directory, `run${String(run)}`]);
  let text = '';
  const enough = new Promise<void>((resolve) => {
    let acknowledged = 0;
    child.process.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      acknowledged += chunk.toString().split('\n-').length - 1;
      if (acknowledged > 200 * (run + 1)) resolve();
    });
  });
  await enough;
  child.kill('SIGKILL');
  await child.waitForExit();
  return text;
}

describe('a broker of file: whose process was killed', () => {
  afterEach(() => assertNoLeaks());

  it('has every job and letter that was confirmed, and none that was acknowledged', async () => {
    const directory = join(await makeTempDirectory(), 'jobs');
    const told = { '+': new Set<string>(), '-': new Set<string>(), '=': new Set<string>() };
    for (let run = 0; run < 3; run++) {
      const found = tally(await killInTheMiddle(directory, run));
      for (const mark of ['+', '-', '='] as const) for (const id of found[mark]) told[mark].add(id);
    }
    const broker = await openBroker(`file:${directory}`);
    const [jobs, letters] = [new Map<string, number>(), new Set<string>()];
    // One whose acknowledgement was safe may have been killed before it could say so.
    const wanted = [...told['+']].filter((id) => !told['='].has(id));
    await new Promise<void>((resolve) => {
      const look = (): void => {
        const isAll = wanted.every((id) => jobs.has(id)) && letters.size >= told['='].size;
        if (isAll) resolve();
      };
      const onJob = (delivery: JobDelivery): void => {
        const { id, args } = delivery.job;
        expect((JSON.parse(args) as { id: string }).id).toBe(id);
        jobs.set(id, (jobs.get(id) ?? 0) + 1);
        if (jobs.size >= wanted.length) look();
      };
      const onMail = (mail: Mail): void => {
        letters.add((JSON.parse(mail.body) as { id: string }).id);
        if (letters.size >= told['='].size) look();
      };
      void broker.openMailbox({ id: 'test', onMail });
      void broker.consume({ names: ['work'], prefetch: 1_000_000, onJob });
    });
    await broker.close();
    expect([...told['-']].filter((id) => jobs.has(id))).toEqual([]);
    expect([...told['=']].filter((id) => !letters.has(id))).toEqual([]);
    expect([...jobs.values()].every((count) => count === 1)).toBe(true);
  }, 60_000);

  it('can be opened by one process at a time, and at once after that was killed', async () => {
    const directory = join(await makeTempDirectory(), 'jobs');
    const holder = startNode([join(FIXTURES, 'hold-broker.cjs'), directory]);
    await holder.waitForLine(/^open$/);
    await expect(openBroker(`file:${directory}`)).rejects.toMatchObject({
      code: 'ERR_BROKER_LOCKED',
    });
    holder.kill();
    await holder.waitForExit();
    const broker = await openBroker(`file:${directory}`);
    await expect(openBroker(`file:${directory}`)).rejects.toMatchObject({
      code: 'ERR_BROKER_LOCKED',
    });
    await broker.close();
  });
});
