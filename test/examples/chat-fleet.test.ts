import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { request } from '../support/request.ts';
import { type StartedChild, startChild, startNode } from '../support/start-child.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeProject } from './project-sandbox.ts';

const PORTS = ['3005', '3010', '3020', '3050'];

/** The example on ports that are free, ten in a row for each of its own. */
async function makeFleet(): Promise<{ cwd: string; gate: string; port: string }> {
  const cwd = await makeProject([], '07-chat-fleet');
  const first = await findFreePorts(PORTS.length * 10);
  const moved = new Map(PORTS.map((port, index) => [port, String(first + index * 10)]));
  for (const name of ['config/master.json', 'config/servers.json']) {
    const text = await readFile(join(cwd, name), 'utf8');
    await writeFile(
      join(cwd, name),
      text.replace(/\b30\d\d\b/g, (port) => moved.get(port) ?? port),
    );
  }
  return { cwd, gate: `http://127.0.0.1:${moved.get('3010')}`, port: moved.get('3005') ?? '' };
}

function textOf(child: StartedChild): string[] {
  return child.output.all.map(({ text }) => text);
}

describe('example 07-chat-fleet', () => {
  it('carries a talk over three types of servers, and ends them in the reverse of their order', async () => {
    const { cwd, gate, port } = await makeFleet();
    const vigil = (...words: string[]): StartedChild =>
      startChild(join(cwd, 'node_modules/.bin/vigil'), ['fleet', ...words], { cwd });
    const fleet = vigil('start');
    await fleet.waitForLine(/all servers have started: 5/);
    // By then they know of every connector.
    for (const id of [0, 1]) await fleet.waitForLine(new RegExp(`chat-${id}: everybody is here`));
    expect((await request(`${gate}/`)).body).toContain('<title>Chat</title>');

    const client = startNode(['client.mjs', gate], { cwd });
    expect(await client.waitForExit()).toEqual({ code: 0, signal: null });
    expect(textOf(client)).toEqual([
      expect.stringMatching(/^ada hears cluster-server-connector-\d: you are in tea, ada$/),
      expect.stringMatching(/^ada hears ada: is anybody here\? \(by cluster-server-chat-\d\)$/),
      expect.stringMatching(/^ada hears bob: I am, with biscuits/),
      expect.stringMatching(/^bob hears cluster-server-connector-\d: you are in tea, bob$/),
      expect.stringMatching(/^bob hears ada: is anybody here\?/),
      expect.stringMatching(/^bob hears bob: I am, with biscuits/),
    ]);

    // One that does not answer its master in time is unknown for that moment.
    const servers = await waitUntil(
      async () => {
        const list = vigil('list', '-P', port, '--json');
        expect((await list.waitForExit()).code).toBe(0);
        const rows = JSON.parse(textOf(list).join('\n')) as { type: string; state: string }[];
        return rows.every(({ state }) => state === 'up') ? rows : undefined;
      },
      () => 'not all are up',
    );
    expect(servers.filter(({ type }) => type !== 'master')).toHaveLength(5);

    expect((await vigil('stop', '-P', port).waitForExit()).code).toBe(0);
    expect(await fleet.waitForExit()).toEqual({ code: 0, signal: null });
    const ended = textOf(fleet).flatMap(
      (line) => /\| vigil: (\S+) has ended/.exec(line)?.[1] ?? [],
    );
    const types = ended.map((id) => id.replace(/^cluster-server-|-\d$/g, ''));
    expect(types).toEqual(['gate', 'connector', 'connector', 'chat', 'chat']);
    await assertNoLeaks();
  });
});
