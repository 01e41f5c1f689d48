import { pause } from '../../bench/support/pause.mjs';
import { ask, post } from '../support/ask.mjs';

const PAUSE_MS = 20;
const PATIENCE_MS = 60_000;
// What a caller may be told, by what the server that it asked for does; a fault may end any of them.
const FITTING = {
  '': [201, 502, 503, 504],
  'ignores-term': [201, 502, 503, 504],
  exits: [502, 503],
  'never-ready': [502, 503, 504],
};

/** One caller that asks for servers, looks who answers there, and ends them. */
export class SpawnTraffic {
  ended = 0;
  served = 0;
  broken = [];
  #subject;
  #isOver = false;
  #running;

  constructor(subject) {
    this.#subject = subject;
    this.#running = this.#run();
  }

  /** Resolves when the last server it has asked for was ended. */
  async settle() {
    this.#isOver = true;
    await this.#running;
  }

  async #run() {
    for (let number = 1; !this.#isOver; number += 1) {
      await this.#useOne(number);
      await pause(PAUSE_MS);
    }
  }

  async #useOne(number) {
    const behave = chooseBehaviour(number);
    const life = this.#subject.life;
    const body = { params: { behave } };
    const answer = await post(`${this.#subject.url}/spawn`, body, { withinMs: PATIENCE_MS });
    // The spawner itself was ended meanwhile.
    const isOfOneLife = life === this.#subject.life;
    if (answer === null) {
      if (isOfOneLife && !this.#subject.isAway) this.broken.push('no answer to /spawn');
      return;
    }
    if (!FITTING[behave].includes(answer.status))
      this.broken.push(`"${behave}" was answered ${String(answer.status)}: ${answer.text}`);
    if (answer.status === 201) await this.#useServer(JSON.parse(answer.text), number, life);
    this.ended += 1;
  }

  async #useServer({ id, endpoint }, number, life) {
    const { port } = new URL(endpoint);
    const about = await ask(`http://127.0.0.1:${port}/about`);
    // It may have been ended by a fault, but as long as the same spawner lives nobody else may be there.
    const isOther = about !== null && JSON.parse(about.text).id !== id;
    if (isOther && life === this.#subject.life)
      this.broken.push(`at the port of ${id} somebody else answers: ${about.text}`);
    if (about !== null) this.served += 1;
    if (number % 5 === 0) await ask(`http://127.0.0.1:${port}/crash`);
    else if (number % 3 === 0) await ask(`http://127.0.0.1:${port}/leave`);
    else await this.#subject.end(id);
  }
}

function chooseBehaviour(number) {
  if (number % 31 === 0) return 'never-ready';
  if (number % 17 === 0) return 'ignores-term';
  return number % 11 === 0 ? 'exits' : '';
}
