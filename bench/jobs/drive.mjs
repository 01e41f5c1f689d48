import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { within } from '../support/within.mjs';
import { readProcessorMs } from '../support/process-facts.mjs';

const WITHIN_MS = 30_000;
/** A hundred bytes of JSON, about. */
const ARGS = JSON.stringify({ n: 1_000_000, text: 'x'.repeat(80) });

/** Starts a program, and gives its first message to `use` for as long as it takes. */
export async function useProgram([name, ...args], { mark }, use) {
  const file = fileURLToPath(new URL(`programs/${name}`, import.meta.url));
  const env = { ...process.env, [mark.name]: mark.value };
  const child = fork(file, args, { env });
  try {
    const answer = await firstMessage(child, name);
    return await use({ child, ...answer });
  } finally {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
}

/** Gives `use` the programs as `useProgram` does, the later ones within the earlier ones. */
export async function usePrograms([first, ...others], place, use) {
  return useProgram(first, place, (running) =>
    others.length === 0
      ? use([running])
      : usePrograms(others, place, (rest) => use([running, ...rest])),
  );
}

/** Gives `use` a directory that is not kept. */
export async function useDirectory(use) {
  const directory = mkdtempSync(join(tmpdir(), 'vigil-bench-jobs-'));
  try {
    return await use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * Lets clients send jobs over WebSockets to a port, so many under way at once for each.
 *
 * @returns round trips a second, the middle and the last hundredth of their times in milliseconds, and the processor
 * time of `pid` for each, microseconds
 */
export async function drive(place, { port, pid, ...wishes }) {
  const { clients = 1, inFlight, warmMs = 500, forMs, acks = true } = wishes;
  return useProgram(['client.cjs'], place, async ({ child }) => {
    child.send({ port, clients, inFlight, warmMs, forMs, acks, args: ARGS });
    await firstMessage(child, 'a client');
    const before = readProcessorMs([pid]);
    child.send('begin');
    const result = await firstMessage(child, 'a client');
    const usedMs = readProcessorMs([pid]) - before;
    if (result.failed > 0) throw new Error(`${result.failed} jobs have failed`);
    // What was done while it was warming up is counted too.
    const trips = (result.rate * (forMs + warmMs)) / 1000;
    return { ...result, usedUs: (usedMs * 1000) / trips };
  });
}

/** Lets a program ask by itself, so many requests under way at once. */
export async function askByItself(child, { inFlight, warmMs = 500, forMs }) {
  child.send({ inFlight, warmMs, forMs, args: ARGS });
  return firstMessage(child, 'a program that asks');
}

async function firstMessage(child, name) {
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${name} of the bench has ended`);
  });
  ended.catch(() => undefined);
  const said = await within(WITHIN_MS, Promise.race([once(child, 'message'), ended]));
  if (said === null) throw new Error(`${name} of the bench has said nothing`);
  return said[0];
}
