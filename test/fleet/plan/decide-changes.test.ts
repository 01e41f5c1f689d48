import { decideChanges } from '../../../lib/fleet/plan/decide-changes.ts';
import type { ServerEntry } from '../../../lib/fleet/plan/server-entry.ts';

const server = (id: string, more: Partial<ServerEntry> = {}): ServerEntry => ({
  id,
  serverType: 'chat',
  host: '127.0.0.1',
  port: 6050,
  ...more,
});
const kept = (entry: ServerEntry, isWanted = true, trouble: string | null = null) => ({
  entry,
  isWanted,
  trouble,
});

describe('decideChanges', () => {
  test('wants nothing of a fleet that is as it is configured', () => {
    expect(decideChanges([server('a')], [kept(server('a'))])).toEqual([]);
  });

  test('does not mind the order of keys', () => {
    const { id, ...rest } = server('a');
    expect(decideChanges([{ ...rest, id }], [kept(server('a'))])).toEqual([]);
  });

  test('stops first, in reverse, then replaces, then starts', () => {
    const changes = decideChanges(
      [server('new'), server('changed', { port: 6051 }), server('same')],
      [kept(server('x')), kept(server('y')), kept(server('same')), kept(server('changed'))],
    );
    expect(changes.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      'stop y',
      'stop x',
      'replace changed',
      'start new',
    ]);
  });

  test('says what has changed', () => {
    const before = server('a', { frontend: true, args: ['--x'] });
    const after = server('a', { port: 6051, clientPort: 3014, args: ['--y'] });
    expect(decideChanges([after], [kept(before)])[0]?.why).toEqual([
      'port: 6050 -> 6051',
      'frontend: true -> none',
      'args: ["--x"] -> ["--y"]',
      'clientPort: none -> 3014',
    ]);
  });

  test('keeps the values of secrets to itself', () => {
    const [change] = decideChanges(
      [server('a', { dbPassword: 'hush-2' })],
      [kept(server('a', { dbPassword: 'hush-1' }))],
    );
    expect(change?.why).toEqual(['dbPassword is another one']);
  });

  test('begins with those that end by themselves, be they as configured or not', () => {
    const crash = 'exit, exit code 3';
    const changes = decideChanges(
      [server('well', { port: 6050 }), server('b', { port: 6051 }), server('a')],
      [
        kept(server('well', { port: 6059 })),
        kept(server('a'), true, crash),
        kept(server('b'), true, crash),
      ],
    );
    expect(changes.map(({ kind, id, why }) => [kind, id, ...why])).toEqual([
      ['replace', 'b', 'port: 6050 -> 6051'],
      ['start', 'a', 'it is not ready: exit, exit code 3'],
      ['replace', 'well', 'port: 6059 -> 6050'],
    ]);
  });

  test('starts one that was stopped, and leaves alone one that is stopped and configured no more', () => {
    const changes = decideChanges(
      [server('a', { port: 6051 })],
      [kept(server('a'), false), kept(server('b'), false)],
    );
    expect(changes).toEqual([
      {
        kind: 'start',
        id: 'a',
        serverType: 'chat',
        why: ['it does not run', 'port: 6050 -> 6051'],
      },
    ]);
  });

  const name = (changes: ReturnType<typeof decideChanges>) =>
    changes.map(({ kind, id }) => `${kind} ${id}`);

  test('lets one that is to have the port of another one come after it', () => {
    const changes = decideChanges(
      [
        server('a', { port: 2 }),
        server('b', { port: 3 }),
        server('c', { port: 9, host: 'localhost', clientPort: 4 }),
      ],
      [
        kept(server('a', { port: 1 })),
        kept(server('b', { port: 2 })),
        kept(server('c', { port: 3 })),
      ],
    );
    expect(name(changes)).toEqual(['replace c', 'replace b', 'replace a']);
  });

  test('stops one of those that change ports with one another, and starts it last', () => {
    const changes = decideChanges(
      [server('a', { port: 2 }), server('b', { clientPort: 3, port: 8 }), server('c', { port: 1 })],
      [
        kept(server('a', { port: 1 })),
        kept(server('b', { port: 2 })),
        kept(server('c', { port: 3 })),
      ],
    );
    expect(name(changes)).toEqual(['stop a', 'replace c', 'replace b', 'start a']);
    expect(changes[0]?.why).toEqual(['c is to have its port']);
    expect(changes.at(-1)?.why).toEqual(['port: 1 -> 2']);
  });

  test('does not wait for a port of one that has ended, or of another host', () => {
    const changes = decideChanges(
      [server('a', { port: 2 }), server('b', { port: 3, host: 'far' }), server('c', { port: 4 })],
      [
        kept(server('a', { port: 1 })),
        kept(server('b', { port: 2, host: 'far' })),
        kept(server('c', { port: 2 }), false),
      ],
    );
    expect(name(changes)).toEqual(['replace a', 'replace b', 'start c']);
  });
});
