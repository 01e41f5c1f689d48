import { within } from '../bench/support/within.mjs';
import { BrokenPromise, expectThat } from './support/broken-promise.mjs';
import { Random } from './support/random.mjs';

// Each wait has a bound of its own; this one is for what nobody has thought of.
const STEP_WITHIN_MS = 240_000;

/**
 * Throws faults at one subject until its time is over, and checks it after each, and at its end.
 *
 * What is thrown depends on the seed alone, so that a failure can be seen again.
 *
 * @returns whether every promise held
 */
export async function drive(Subject, { name, workplace, seed, steps, ms }) {
  const choice = new Random(seed);
  const thrown = [];
  const until = performance.now() + ms;
  let subject = null;
  try {
    subject = await Subject.start(workplace);
    while (performance.now() < until && thrown.length < steps) {
      const fault = chooseFault(Subject.faults, choice);
      // Its own numbers, so that what one fault happens to draw does not change the faults after it.
      const random = new Random(seed * 1000 + thrown.length);
      thrown.push(fault.name);
      console.log(`${name} ${String(thrown.length)}: ${fault.name}`);
      await bounded(fault.name, () => fault.strike(subject, random));
      await bounded('the check', () => subject.check());
    }
    await bounded('its end', () => subject.finish());
    console.log(`${name}: ${String(thrown.length)} faults; ${subject.summary}`);
    return true;
  } catch (error) {
    if (!(error instanceof BrokenPromise)) console.error(error);
    console.error(`${name}: ${error.message}`);
    console.error(`  in step ${String(thrown.length)}, after ${thrown.slice(-5).join(', ')}`);
    console.error(
      `  again: npm run campaign -- --only ${name} --seed ${String(seed)} --steps ${String(thrown.length)}`,
    );
    for (const line of subject?.lastOutput ?? []) console.error(`  | ${line}`);
    return false;
  } finally {
    await subject?.abandon();
  }
}

async function bounded(what, work) {
  const ended = await within(
    STEP_WITHIN_MS,
    Promise.resolve(work()).then(() => true),
  );
  expectThat(ended === true, `${what} has an end within ${String(STEP_WITHIN_MS / 1000)} s`);
}

function chooseFault(faults, random) {
  const total = faults.reduce((sum, { weight = 1 }) => sum + weight, 0);
  let left = random.next() * total;
  return faults.find(({ weight = 1 }) => (left -= weight) < 0) ?? faults.at(-1);
}
