import { completeWords, type LookUp } from '../../lib/cli/complete-words.ts';
import { readQuestion, writeAnswer } from '../../lib/cli/completion-answer.ts';
import { createLookUp } from '../../lib/cli/completion-values.ts';
import { VERB_NAMES } from '../../lib/cli/verb-table.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const nobody: LookUp = () => Promise.resolve([]);

async function values(words: readonly string[], lookUp = nobody): Promise<unknown> {
  const found = await completeWords(words, lookUp);
  return typeof found === 'string' ? found : found.map(({ value }) => value);
}

describe('what completes a command line', () => {
  it.each([
    [[''], [...VERB_NAMES]],
    [['re'], ['restart', 'reload']],
    [
      ['help', 're'],
      ['restart', 'reload'],
    ],
    [['--v'], ['--version']],
    [['nosuch', ''], []],
    [['restart', '--f'], ['--force']],
    [['restart', '--force', '--f'], []],
    [
      ['crashes', ''],
      ['list', 'show', 'clear'],
    ],
    [['crashes', '--name', 'shop', 's'], ['show']],
    [['crashes', 'list', 'x', '--j'], ['--json']],
    [['stream', 'e'], ['emit']],
    [['stream', 'nosuch', ''], []],
    [['stream', 'emit', '127.0.0.1:9', 'T', 'a=1', 'b=2', '--int'], ['--interface']],
    [['run', ''], 'files'],
    [
      ['run', 'x.js', '--log', ''],
      ['text', 'json'],
    ],
    [['run', 'x.js', '--log=j'], ['--log=json']],
    [['run', 'x.js', '--', '--l'], 'files'],
    [['run', 'x.js', '-c', ''], 'files'],
    [['status', '--state-dir', ''], 'directories'],
    [
      ['status', '--json=', ''],
      ['--name', '--state-dir', '--config', '--json', '--help'],
    ],
    [['completion', 'f'], ['fish']],
  ])('%j is %j', async (words, expected) => {
    expect(await values(words)).toEqual(expected);
  });

  it('every flag of every command is proposed', async () => {
    for (const name of VERB_NAMES) expect(await values([name, '--'])).toContain('--help');
  });
});

describe('what is looked up for a completion', () => {
  it('are the sessions, crash reports and configuration keys that are there', async () => {
    const id = '20260101-000000-000-abcdef';
    const report = { id, at: '2026-01-01T00:00:00.000Z', cause: 'crash', fingerprint: 'f' };
    const folder = await makeTempDirectory({
      'package.json': '{"name":"shop"}',
      '.vigil/shop/events.jsonl': '',
      '.vigil/front/events.jsonl': '',
      '.vigil/shop/crashes/README': JSON.stringify(report),
    });
    const lookUp = createLookUp({ cwd: folder });
    expect(await values(['status', '--name', ''], lookUp)).toEqual(['front', 'shop']);
    expect(await values(['status', '--name=f'], lookUp)).toEqual(['--name=front']);
    expect(await values(['crashes', 'show', ''], lookUp)).toEqual([]);
    expect(await values(['set', 'socket.h'], lookUp)).toEqual([]);
    expect(await values(['set', 'restart.pol'], lookUp)).toEqual(['restart.policy']);
    expect(await values(['set', 'showServerOutput', 't'], lookUp)).toEqual(['true']);
    expect(await values(['check', '--set', 'restart.pol'], lookUp)).toEqual(['restart.policy=']);
    expect(await values(['check', '--set', 'restart.policy=te'], lookUp)).toEqual([
      'restart.policy=temporary',
    ]);
    expect(await values(['check', '--set=polling=f'], lookUp)).toEqual(['--set=polling=false']);
    expect(await values(['simulate', 'crash*3,h'], lookUp)).toEqual([
      'crash*3,hang',
      'crash*3,health',
    ]);
  });

  it('is nothing where the configuration is broken', async () => {
    const folder = await makeTempDirectory({ 'session.config.json': '{' });
    const lookUp = createLookUp({ cwd: folder });
    expect(await values(['crashes', 'show', ''], lookUp)).toEqual([]);
    expect(await values(['crashes', 'show', '-c', 'gone.json', ''], lookUp)).toEqual([]);
  });
});

describe('the answer for a shell', () => {
  const proposals = [
    { value: 'a:b', describe: 'one' },
    { value: 'k=', describe: '', isOpen: true },
  ];

  it.each([
    ['bash', '', 'a:b\n:open\nk='],
    ['zsh', '', 'a\\:b:one\n:open\nk='],
    ['fish', '', 'a:b\tone\n:open\nk=\t'],
    ['bash', 'k', 'a:b\n:open\nk='],
  ] as const)('%s is in its form', (shell, _kept, text) => {
    expect(writeAnswer(shell, proposals, '')).toBe(text);
  });

  it('leaves out for bash what it keeps', () => {
    const { words, kept } = readQuestion('bash', ['vigil check --set polling.route=/x', ' =:']);
    expect({ words, kept }).toEqual({
      words: ['check', '--set', 'polling.route=/x'],
      kept: 'polling.route=',
    });
    expect(writeAnswer('bash', [{ value: 'polling.route=/x y', describe: '' }], kept)).toBe(
      '/x\\ y',
    );
    expect(readQuestion('bash', ['vigil run a=b', ' ']).kept).toBe('');
    expect(readQuestion('zsh', ['run', '']).words).toEqual(['run', '']);
  });
});
