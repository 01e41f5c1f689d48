import { within } from '../bench/support/within.mjs';
import { BrokenPromise, expectThat } from './support/broken-promise.mjs';
import { patiently } from './support/patience.mjs';
import { Random } from './support/random.mjs';

// Each wait has a bound of its own; this one is for what nobody has thought of.
const STEP_WITHIN_MS = 240_000;

/**
 * Throws faults at one subject until its time is over, and checks it after each, and at its end.
 *
 * What is thrown depends on the seed alone, so that a failure can be seen again. Where it is `short`, the faults are
 * those that the subject names for that.
 *
 * @returns whether every promise held
 */
export async function drive(Subject, { name, workplace, seed, steps, ms, isShort }) {
  const choice = isShort ? null : new Random(seed);
  const most = isShort ? Math.min(steps, Subject.short.length) : steps;
  const thrown = [];
  const until = performance.now() + ms;
  let subject = null;
  try {
    subject = await Subject.start(workplace, { isPatient: isShort });
    while (performance.now() < until && thrown.length < most) {
      const fault = isShort
        ? findFault(Subject, Subject.short[thrown.length])
        : chooseFault(Subject.faults, choice);
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
      `  again: npm run campaign -- ${isShort ? '--short ' : ''}--only ${name} --seed ${String(seed)} --steps ${String(thrown.length)}`,
    );
    for (const line of subject?.lastOutput ?? []) console.error(`  | ${line}`);
    return false;
  } finally {
    await subject?.abandon();
  }
}

async function bounded(what, work) {
  const limitMs = patiently(STEP_WITHIN_MS);
  const ended = await within(
    limitMs,
    Promise.resolve(work()).then(() => true),
  );
  expectThat(ended === true, `${what} has an end within ${String(limitMs / 1000)} s`);
}

function findFault({ faults }, name) {
  const fault = faults.find((one) => one.name === name);
  if (fault === undefined) throw new Error(`there is no fault "${name}"`);
  return fault;
}

function chooseFault(faults, random) {
  const total = faults.reduce((sum, { weight = 1 }) => sum + weight, 0);
  let left = random.next() * total;
  return faults.find(({ weight = 1 }) => (left -= weight) < 0) ?? faults.at(-1);
}
