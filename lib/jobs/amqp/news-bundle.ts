import type { News } from '../broker.ts';

/** In characters; what is told of in one message. */
const MOST_TEXT = 64 * 1024;

interface Bundle {
  readonly news: News[];
  text: number;
}

/** News of one turn of the event loop that go to the same place: a message costs far more than what is in it. */
export class NewsBundle {
  readonly #send: (queue: string, news: readonly News[]) => void;
  readonly #byQueue = new Map<string, Bundle>();

  constructor(send: (queue: string, news: readonly News[]) => void) {
    this.#send = send;
  }

  add(queue: string, news: News): void {
    if (this.#byQueue.size === 0)
      setImmediate(() => {
        this.flush();
      });
    const bundle = this.#byQueue.get(queue) ?? { news: [], text: 0 };
    this.#byQueue.set(queue, bundle);
    bundle.news.push(news);
    bundle.text += news.body.length + news.correlationId.length;
    if (bundle.text > MOST_TEXT) this.flush();
  }

  /** Sends them now, before what must not be heard of sooner. */
  flush(): void {
    if (this.#byQueue.size === 0) return;
    const bundles = [...this.#byQueue];
    this.#byQueue.clear();
    for (const [queue, { news }] of bundles) this.#send(queue, news);
  }
}
