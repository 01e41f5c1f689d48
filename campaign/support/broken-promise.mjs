/** Something that the product promises and that was seen not to hold. */
export class BrokenPromise extends Error {
  name = 'BrokenPromise';
}

/** @throws BrokenPromise */
export function expectThat(holds, text) {
  if (!holds) throw new BrokenPromise(text);
}
