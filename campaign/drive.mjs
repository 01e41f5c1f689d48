import { BrokenPromise } from './support/broken-promise.mjs';
import { Random } from './support/random.mjs';

/**
 * Throws faults at one subject until its time is over, and checks it after each, and at its end.
 *
 * What is thrown depends on the seed alone, so that a failure can be seen again.
 *
 * @returns whether every promise held
 */
export async function drive(Subject, { name, workplace, seed, steps, ms }) {
  const random = new Random(seed);
  const thrown = [];
  const until = performance.now() + ms;
  const subject = await Subject.start(workplace, random);
  try {
    while (performance.now() < until && thrown.length < steps) {
      const fault = chooseFault(Subject.faults, random);
      thrown.push(fault.name);
      console.log(`${name} ${String(thrown.length)}: ${fault.name}`);
      await fault.strike(subject, random);
      await subject.check();
    }
    await subject.finish();
    console.log(`${name}: ${String(thrown.length)} faults; ${subject.summary}`);
    return true;
  } catch (error) {
    if (!(error instanceof BrokenPromise)) console.error(error);
    console.error(`${name}: ${error.message}`);
    console.error(`  after ${thrown.slice(-5).join(', ')}`);
    console.error(
      `  again: npm run campaign -- --only ${name} --seed ${String(seed)} --steps ${String(thrown.length)}`,
    );
    for (const line of subject.lastOutput) console.error(`  | ${line}`);
    return false;
  } finally {
    await subject.abandon();
  }
}

function chooseFault(faults, random) {
  const total = faults.reduce((sum, { weight = 1 }) => sum + weight, 0);
  let left = random.next() * total;
  return faults.find(({ weight = 1 }) => (left -= weight) < 0) ?? faults.at(-1);
}
