import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listSources } from '../house/list-sources.ts';
import { ROOT } from './code-blocks.ts';

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

const OUTERMOST = '    ';

/** The sentences of the suite, as `- subject: what it does`. */
function listSentences(): string[] {
  const sentences: string[] = [];
  let subject = '';
  const source = read('test/jobs/broker-conformance.ts');
  for (const [, indent, verb, text = ''] of source.matchAll(/^( +)(describe|it)\('([^']+)'/gm)) {
    if (indent === OUTERMOST) subject = verb === 'describe' ? text : '';
    if (verb === 'it') sentences.push(subject === '' ? `- ${text}` : `- ${subject}: ${text}`);
  }
  return sentences;
}

describe('docs/reference/brokers.md', () => {
  const page = read('docs/reference/brokers.md');

  it('lists what the suite asks of every broker, sentence by sentence', () => {
    const [, list = ''] =
      page.split('## The suite, sentence by sentence\n')[1]?.split('\n\n') ?? [];
    expect(list.trim().split('\n')).toEqual(listSentences());
  });

  it('has a column for every broker that goes through the suite', () => {
    const titles = listSources('test')
      .filter((file) => file.endsWith('.test.ts') && file !== __filename)
      .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/^describeBroker\('([^']+)'/gm)])
      .map(([, title]) => title);
    expect(titles.sort()).toEqual([
      'a broker at the other end of a channel',
      'amqp: on RabbitMQ',
      'file:',
      'memory:',
    ]);
    expect(page).toContain(
      '| what the suite asks for | `memory:` | `file:` | over a channel | `amqp:` |',
    );
  });
});
