import { randomBytes } from 'node:crypto';

/** An id that begins with its time, so that file names sort by age. */
export function createId(at: string): string {
  return `${at.replace(/[^\d]/g, '').slice(0, 17)}-${randomBytes(6).toString('hex')}`;
}
