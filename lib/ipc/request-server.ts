import { type ErrorLike, toErrorLike } from './error-like.ts';
import { FAILURE, RESULT, RESULTS } from './envelope.ts';
import type { Answer, ProcessMessageRouter } from './process-message-router.ts';
import type { Sender } from './sender.ts';

/** Answers the requests of the other side with what the handlers here say. */
export class RequestServer {
  readonly #router: ProcessMessageRouter;
  readonly #sender: Sender;
  #answering = 0;

  constructor(router: ProcessMessageRouter, sender: Sender) {
    this.#router = router;
    this.#sender = sender;
  }

  /** Requests whose handlers have not ended. */
  get answeringCount(): number {
    return this.#answering;
  }

  serve(id: number, name: string, args: unknown): void {
    this.#answering++;
    this.#router.route(name, args, (answer) => {
      this.#answering--;
      if (this.#sender.isOpen) this.#respond(id, name, answer);
    });
  }

  #respond(id: number, name: string, answer: Answer): void {
    if ('error' in answer) {
      this.#fail(id, answer.error);
      return;
    }
    try {
      const { results } = answer;
      const isSingle = results.length === 1;
      const value = this.#sender.pack(isSingle ? results[0] : results);
      const refusal = this.#sender.refusal(name, value.size);
      if (refusal !== null) this.#fail(id, refusal);
      else {
        this.#sender.send([isSingle ? RESULT : RESULTS, id], value, (error) => {
          if (error !== null && this.#sender.isOpen)
            this.#fail(id, this.#sender.describeUnsent(name, error));
        });
      }
    } catch (error) {
      this.#fail(id, toErrorLike(error));
    }
  }

  #fail(id: number, error: ErrorLike): void {
    this.#sender.send([FAILURE, id], { value: error, packed: false, size: sizeOf(error) }, null);
  }
}

function sizeOf(error: ErrorLike): number {
  return 100 + error.message.length + (error.stack?.length ?? 0);
}
