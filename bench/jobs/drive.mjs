import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { readProcessorMs } from '../support/process-facts.mjs';

export const program = (name) => fileURLToPath(new URL(`programs/${name}`, import.meta.url));
/** A hundred bytes, and a number. */
export const ARGS = JSON.stringify({ n: 1_000_000, text: 'x'.repeat(80) });

/** Starts a program, and gives its first message to `use` for as long as it takes. */
export async function useProgram(name, args, { mark }, use) {
  const env = { ...process.env, ...(mark && { [mark.name]: mark.value }) };
  const child = fork(program(name), args, { env });
  try {
    const answer = await firstMessage(child);
    return await use({ child, ...answer });
  } finally {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
}

/**
 * Lets clients send jobs to a port, so many under way at once for each.
 *
 * @param options.pids - whose processor time is counted
 */
export async function drive(place, { port, pids = [], ...wishes }) {
  const { clients = 1, inFlight = 100, warmMs = 500, forMs = 2000, acks = true } = wishes;
  return useProgram('client.cjs', [], place, async ({ child }) => {
    child.send({ port, clients, inFlight, warmMs, forMs, acks, args: ARGS });
    await firstMessage(child);
    const before = readProcessorMs(pids);
    child.send('begin');
    const result = await firstMessage(child);
    const usedMs = readProcessorMs(pids) - before;
    if (result.failed > 0) throw new Error(`${result.failed} jobs have failed`);
    return { ...result, usedMs };
  });
}

async function firstMessage(child) {
  const ended = once(child, 'exit').then(() => {
    throw new Error('a program of the bench has ended');
  });
  ended.catch(() => undefined);
  const [message] = await Promise.race([once(child, 'message'), ended]);
  return message;
}
