import { get } from 'node:http';
import { join } from 'node:path';
import WebSocket from 'ws';
import type { ControlClient } from '../../lib/http/control-client.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import type { LoggedEvent } from '../support/event-log.ts';
import { openControl } from '../support/open-control.ts';
import { waitForEvent } from '../support/wait-for-event.ts';
import { startProgram, type StartedProgram } from './start-program.ts';

// Long enough that nothing but the test ends a drain.
const PATIENT = { shutdown: { drainSeconds: 1000, exitHandlerSeconds: 5 } };
const HASTY = { shutdown: { drainSeconds: 0.3, exitHandlerSeconds: 5 } };

afterEach(async () => {
  await assertNoLeaks();
});

const isFirst = ({ generation }: LoggedEvent): boolean => generation === 1;

async function address(program: StartedProgram): Promise<string> {
  const { port } = await program.events.waitFor('worker.listening');
  await program.events.waitFor('worker.ready', isFirst);
  return `127.0.0.1:${String(port)}`;
}

/** A request that is not answered; resolves with its status, or 0 when it was cut off. */
async function hold(program: StartedProgram): Promise<{ readonly outcome: Promise<number> }> {
  const url = `http://${await address(program)}/held?secret=1`;
  const outcome = new Promise<number>((resolve) => {
    get(url, (response) => {
      response.resume().on('end', () => {
        resolve(response.statusCode ?? 0);
      });
    }).on('error', () => {
      resolve(0);
    });
  });
  await program.said('held');
  return { outcome };
}

function control(program: StartedProgram): Promise<ControlClient> {
  return openControl(join(program.directory, 'state'));
}

describe('the end of the session while a process drains', () => {
  it('for a restart lets it finish, and its exit handlers and its death tell of the session', async () => {
    const program = await startProgram('drain.cjs', { args: ['restart'], config: PATIENT });
    const client = await control(program);
    const { outcome } = await hold(program);
    await client.request('POST', '/restart', { force: false }).catch(() => undefined);
    expect(await program.exitCode()).toBe(3);
    expect(await outcome).toBe(200);
    const exited = await program.events.waitFor('worker.exited', isFirst);
    expect(exited).toMatchObject({ cause: 'session-end', code: 0, phase: 'draining' });
    expect(program.allSaid('handler')).toEqual([[exited['pid'], true]]);
  });

  it.each([
    ['a restart', '/restart', 1],
    ['a reload', '/reload', 2],
  ])('for %s cuts the drain short when it is not to drain', async (_kind, order, processes) => {
    const program = await startProgram('drain.cjs', { args: ['stop'], config: PATIENT });
    const client = await control(program);
    const { outcome } = await hold(program);
    const ordered = client.request('POST', order, { force: false }).catch(() => undefined);
    await program.events.waitFor('drain.started', isFirst);
    await client.request('POST', '/stop', { force: true });
    expect(await program.exitCode()).toBe(0);
    await ordered;
    expect(await outcome).toBe(0);
    const exited = await program.events.waitFor('worker.exited', isFirst);
    expect(exited).toMatchObject({ cause: 'session-end', code: 0 });
    expect(program.allSaid('handler')).toContainEqual([exited['pid'], true]);
    expect(program.allSaid('handler')).toHaveLength(processes);
    expect(await program.events.waitFor('drain.finished', isFirst)).toMatchObject({
      open: 1,
      requests: [{ method: 'GET', path: '/held', ageMs: expect.any(Number), atLeast: true }],
      moreRequests: 0,
    });
  });
});

describe('a listener of the drain', () => {
  it('closes the WebSockets of its server in its own way', async () => {
    const program = await startProgram('drain.cjs', { args: ['hook'], config: PATIENT });
    const client = new WebSocket(`ws://${await address(program)}`);
    const closed = waitForEvent(client, 'close');
    client.on('message', () => {
      client.send('bye');
    });
    await waitForEvent(client, 'open');
    expect(await program.stop()).toBe(0);
    expect((await closed).map(String)).toEqual(['4001', 'see you']);
    expect(program.allSaid('drain')).toEqual([
      { deadlineMs: expect.any(Number), isAborted: false },
    ]);
    expect(await program.events.waitFor('drain.finished')).toMatchObject({ open: 0 });
  });

  it('that fails or is late is told of, and keeps nothing from ending', async () => {
    const program = await startProgram('drain.cjs', { args: ['late'], config: HASTY });
    await address(program);
    expect(await program.stop()).toBe(0);
    const text = program.child.output.text;
    expect(text).toContain('drain listener throwing failed: RangeError: cannot');
    expect(text).toContain('drain listener endless was not finished when the drain gave up');
    expect(program.allSaid('aborted')).toEqual([null]);
    expect(await program.events.waitFor('worker.exited')).toMatchObject({ code: 0 });
  });
});
