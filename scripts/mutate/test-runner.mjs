import { fork } from 'node:child_process';

const LONGEST_MS = 20_000;

/** What a mutant is that cannot be compiled: it says nothing of the tests. */
export const NO_PROGRAM = Symbol('no program');

/** A process that runs the tests of one file; one that hangs is a mutant noticed. */
export class TestRunner {
  #messages;
  #child = null;

  constructor(file, tests) {
    this.#messages = { file, tests };
  }

  judge(source) {
    this.#child ??= this.#start();
    const child = this.#child;
    return new Promise((resolve) => {
      const settle = (failure) => {
        clearTimeout(timer);
        child.removeAllListeners();
        resolve(failure);
      };
      const timer = setTimeout(() => {
        this.end();
        settle('has not ended');
      }, LONGEST_MS);
      child.once('message', ({ isProgram, failure }) => settle(isProgram ? failure : NO_PROGRAM));
      child.once('exit', () => {
        this.#child = null;
        settle('has ended the process');
      });
      child.send({ source });
    });
  }

  end() {
    this.#child?.kill('SIGKILL');
    this.#child = null;
  }

  #start() {
    const child = fork(new URL('run-tests.cjs', import.meta.url), { stdio: 'inherit' });
    child.send(this.#messages);
    return child;
  }
}
