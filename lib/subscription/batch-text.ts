import type { TakenItems } from './batch-queue.ts';

/**
 * The message of one batch: `{"type":"data","msg":"","data":[…]}`. `msg` is `dropped N` when the subscriber has missed
 * that many since its previous batch.
 */
export function createBatchText({ texts, dropped }: TakenItems): string {
  const message = dropped === 0 ? '' : `dropped ${dropped}`;
  return `{"type":"data","msg":"${message}","data":[${texts.join(',')}]}`;
}
