import { rmSync, writeSync } from 'node:fs';
import { CHANGED_INDEX } from '../../../report/request-slots.ts';
import type { SharedRing } from './flight-recorder.ts';

/** What a thread beside the event loop does for the file of a ring. */
export interface RingWriter {
  /** Writes it if it lacks something. To be called now and then: while the loop turns, it writes by itself. */
  write(): void;
  /** Nobody is left who would read it. */
  remove(): void;
}

/** @lazy */
export function createRingWriter({ memory, descriptor, path }: SharedRing): RingWriter {
  const words = new Int32Array(memory);
  const bytes = Buffer.from(memory);
  return {
    write: () => {
      if (Atomics.load(words, CHANGED_INDEX) === 0) return;
      try {
        // Both writers copy from the memory while they hold the file: the later copy is never the older one.
        writeSync(descriptor, bytes, 0, bytes.length, 0);
      } catch {
        // The file keeps what it has.
      }
    },
    remove: () => {
      rmSync(path, { force: true });
    },
  };
}
