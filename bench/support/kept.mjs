import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What was measured last of each figure, as files: a run that is broken off loses nothing, and one figure can be
 * measured again without the others.
 */
export class Kept {
  #directory;

  constructor(directory) {
    this.#directory = directory;
  }

  async put(name, measured) {
    await mkdir(this.#directory, { recursive: true });
    const file = join(this.#directory, `${name}.json`);
    // JSON knows no number for what never happened.
    const text = JSON.stringify(
      measured,
      (_key, value) => (Number.isNaN(value) ? 'never' : value),
      2,
    );
    await writeFile(`${file}.new`, `${text}\n`);
    await rename(`${file}.new`, file);
  }

  /** By name; what was never measured is not there. */
  async getAll() {
    const files = await readdir(this.#directory).catch(() => []);
    const names = files.filter((file) => file.endsWith('.json'));
    const entries = names.map(async (file) => [file.slice(0, -5), await this.#read(file)]);
    return Object.fromEntries(await Promise.all(entries));
  }

  async #read(file) {
    const text = await readFile(join(this.#directory, file), 'utf8');
    return JSON.parse(text, (key, value) =>
      key === 'measured' && value === 'never' ? NaN : value,
    );
  }
}
