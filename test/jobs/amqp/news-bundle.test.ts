import { parseNews, writeNews } from '../../../lib/jobs/amqp/job-envelope.ts';
import { NewsBundle } from '../../../lib/jobs/amqp/news-bundle.ts';
import type { News } from '../../../lib/jobs/broker.ts';

function createNews(correlationId: string, body = '1'): News {
  return { kind: 'progress', correlationId, body };
}

describe('NewsBundle', () => {
  const createRig = (): { bundle: NewsBundle; sent: string[] } => {
    const sent: string[] = [];
    const bundle = new NewsBundle((queue, news) => {
      sent.push(`${queue}: ${news.map(({ correlationId }) => correlationId).join(' ')}`);
    });
    return { bundle, sent };
  };

  it('sends what came in one turn for one queue together, in its order', async () => {
    const { bundle, sent } = createRig();
    bundle.add('a', createNews('1'));
    bundle.add('b', createNews('2'));
    bundle.add('a', createNews('3'));
    expect(sent).toEqual([]);
    await new Promise(setImmediate);
    expect(sent).toEqual(['a: 1 3', 'b: 2']);
    bundle.add('a', createNews('4'));
    await new Promise(setImmediate);
    expect(sent.slice(2)).toEqual(['a: 4']);
  });

  it('sends before the end of the turn what is long, or must not be late', async () => {
    const { bundle, sent } = createRig();
    bundle.add('a', createNews('1', JSON.stringify('x'.repeat(70_000))));
    expect(sent).toEqual(['a: 1']);
    bundle.add('a', createNews('2'));
    bundle.flush();
    expect(sent).toEqual(['a: 1', 'a: 2']);
    await new Promise(setImmediate);
    expect(sent).toHaveLength(2);
  });
});

describe('news in a message', () => {
  const received = (news: readonly News[]): Parameters<typeof parseNews>[0] => {
    const { envelope, body } = writeNews(news);
    return { ...envelope, routingKey: 'q', body: Buffer.from(body) };
  };

  it.each([1, 2, 5])('are read as they were written: %i', (count) => {
    const news = Array.from({ length: count }, (_, at) => createNews(String(at), `"é${at}"`));
    expect(parseNews(received(news))).toEqual(news);
  });

  it.each(['', 'null', '{}', '[1]', '[{"kind":"result","correlationId":"a","body":"1"}]'])(
    'are none in what is something else: %p',
    (body) => {
      expect(parseNews({ type: 'news', body: Buffer.from(body), routingKey: 'q' })).toEqual([]);
      expect(parseNews({ type: 'result', body: Buffer.from(body), routingKey: 'q' })).toEqual([]);
    },
  );
});
