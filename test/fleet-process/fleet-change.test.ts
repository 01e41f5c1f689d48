import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { isAlive } from '../support/marked-processes.ts';
import { waitUntil } from '../support/wait-until.ts';
import { type FleetDirectory, makeFleet } from './start-fleet.ts';

interface Told {
  readonly changes: readonly { readonly kind: string; readonly id: string }[];
  readonly done: readonly { readonly kind: string; readonly id: string }[];
  readonly failed: { readonly kind: string; readonly id: string; readonly reason: string } | null;
  readonly left: readonly { readonly kind: string; readonly id: string }[];
  readonly problems: readonly string[];
}

async function ask(
  fleet: FleetDirectory,
  verb: 'plan' | 'apply',
  ...flags: readonly string[]
): Promise<{ readonly code: number | null; readonly told: Told }> {
  const { code, stdout } = await fleet.vigil(verb, '--json', ...flags);
  return { code, told: JSON.parse(stdout) as Told };
}

function name(steps: Told['changes']): string[] {
  return steps.map(({ kind, id }) => `${kind} ${id}`);
}

afterEach(async () => {
  await assertNoLeaks();
});

describe('a fleet whose configuration is changed', () => {
  it('is changed server by server until one fails, and from there once it is mended', async () => {
    const fleet = await makeFleet({
      'gate-1': {},
      'gate-2': {},
      'chat-1': {},
      'chat-2': { behave: 'failAgain' },
      'chat-3': {},
    });
    await fleet.start();
    await fleet.events.waitFor('fleet.allStarted');
    const before = await fleet.pids();
    expect((await fleet.vigil('plan', '--detailed-exitcode')).code).toBe(0);
    const wanted = {
      'gate-1': {},
      'chat-1': { version: 2 },
      'chat-2': { behave: 'failAgain', version: 2 },
      'chat-3': { version: 2 },
      'mail-1': {},
    };
    await fleet.configure(wanted);
    const { code, stdout } = await fleet.vigil('plan', '--detailed-exitcode');
    expect(code).toBe(2);
    expect(stdout).toBe(
      [
        '- stop    gate-2  it is not in the configuration',
        '~ replace chat-1  version: none -> 2',
        '~ replace chat-2  version: none -> 2',
        '~ replace chat-3  version: none -> 2',
        '+ start   mail-1  it is new',
        '1 to stop, 3 to replace, 1 to start, 1 unchanged; do it with: vigil fleet apply',
        '',
      ].join('\n'),
    );
    expect(await fleet.pids()).toEqual(before);

    const { code: stopped, told } = await ask(fleet, 'apply');
    expect(stopped).toBe(1);
    expect([name(told.done), told.failed?.id, name(told.left)]).toEqual([
      ['stop gate-2', 'replace chat-1'],
      'chat-2',
      ['replace chat-3', 'start mail-1'],
    ]);
    expect(told.failed?.reason).toContain('exit');
    const halfway = await fleet.pids();
    expect(halfway).toMatchObject({ 'gate-1': before['gate-1'], 'chat-3': before['chat-3'] });
    expect(Object.keys(halfway)).not.toEqual(expect.arrayContaining(['gate-2']));
    expect(halfway['chat-1']).not.toBe(before['chat-1']);

    // Not mended: the same one again, and none of those that serve.
    const again = await ask(fleet, 'apply');
    expect([again.code, name(again.told.done), again.told.failed?.id]).toEqual([1, [], 'chat-2']);

    await fleet.write('mended');
    const mended = await fleet.vigil('apply');
    expect(mended).toMatchObject({ code: 0 });
    expect(mended.stderr).toContain('vigil: replacing chat-3 …\n');
    const after = await fleet.pids();
    expect(after).toMatchObject({ 'gate-1': before['gate-1'], 'chat-1': halfway['chat-1'] });
    for (const id of ['chat-2', 'chat-3']) expect(after[id]).not.toBe(before[id]);
    expect(after['mail-1']).not.toBeNull();
    expect((await fleet.vigil('apply')).stdout).toBe(
      'nothing to do: all 5 servers are as configured\n',
    );
    expect((await fleet.vigil('stop')).code).toBe(0);
  });

  it('is left as it is when the configuration is wrong, or takes another master', async () => {
    const fleet = await makeFleet({ 'chat-1': {} });
    await fleet.start();
    await fleet.events.waitFor('fleet.allStarted');
    const before = await fleet.pids();
    await fleet.configure({ 'chat-1': { port: -1 }, 'chat-2': { cpu: {} } });
    for (const verb of ['plan', 'apply'] as const) {
      const { code, told } = await ask(fleet, verb);
      expect(code).toBe(78);
      expect(told.problems).toEqual([
        expect.stringMatching(/^config\/servers\.json:1:\d+: production\.chat\[0\]\.port: /),
        expect.stringMatching(/^config\/servers\.json:1:\d+: production\.chat\[1\]\.cpu: /),
      ]);
    }
    await fleet.configure({ 'chat-1': { version: 2 } });
    const tokens = { production: [{ type: 'chat', token: 'new-token' }] };
    await fleet.write('config/adminServer.json', JSON.stringify(tokens));
    const refused = await fleet.vigil('apply');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('vigil: config/adminServer.json: servers would show tokens');
    expect(refused.stderr).toContain('vigil: not touched: chat-1\n');
    expect(await fleet.pids()).toEqual(before);
    expect((await fleet.vigil('stop')).code).toBe(0);
  });

  it('while its master was away has its servers taken over, and shows what they still lack', async () => {
    const fleet = await makeFleet({ 'chat-1': {}, 'chat-2': {} });
    await fleet.start();
    await fleet.events.waitFor('fleet.allStarted');
    const before = await fleet.pids();
    const master = before['master-server-1'] ?? 0;
    process.kill(master, 'SIGKILL');
    await waitUntil(
      () => (isAlive(master) ? undefined : true),
      () => 'the master lives',
    );
    await fleet.configure({ 'chat-1': {}, 'chat-2': { version: 2 } });
    expect((await fleet.start()).code).toBe(0);
    await fleet.state('chat-2', 'ready', 2);
    await fleet.state('chat-1', 'ready', 2);
    const { told } = await ask(fleet, 'plan');
    expect(name(told.changes)).toEqual(['replace chat-2']);
    expect((await ask(fleet, 'apply')).code).toBe(0);
    const after = await fleet.pids();
    expect(after['chat-1']).toBe(before['chat-1']);
    expect(after['chat-2']).not.toBe(before['chat-2']);
    expect((await fleet.vigil('stop')).code).toBe(0);
  });
});
