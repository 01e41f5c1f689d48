import { EventEmitter } from 'node:events';
import type { Readable } from 'node:stream';

export interface OutputLine {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** The lines of a child's two streams, in order of arrival. Emits `line`, and `end` when both are closed. */
export class OutputLines extends EventEmitter {
  readonly all: OutputLine[] = [];
  ended = false;
  #open = 0;

  read(stream: OutputLine['stream'], source: Readable): void {
    let rest = '';
    this.#open++;
    source.setEncoding('utf8');
    source.on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) this.#add({ stream, text: part });
    });
    source.on('close', () => {
      if (rest !== '') this.#add({ stream, text: rest });
      this.#open--;
      if (this.#open === 0) {
        this.ended = true;
        this.emit('end');
      }
    });
  }

  get text(): string {
    return this.all.map((line) => line.text).join('\n');
  }

  #add(line: OutputLine): void {
    this.all.push(line);
    this.emit('line', line);
  }
}
