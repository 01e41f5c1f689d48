import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packDoors } from '../../scripts/build/pack-doors.mjs';
import { findMarked } from './process-facts.mjs';

const PROGRAMS = fileURLToPath(new URL('../session/programs/', import.meta.url));
const LOOK_EVERY_MS = 10;

/** One temporary directory with all that a run of the benchmarks makes, and the mark of all processes it starts. */
export class Workplace {
  /** A copy of the built package, which no build meanwhile can change. */
  vigil;
  mark = { name: 'VIGIL_BENCH', value: randomUUID() };
  #directory = mkdtempSync(join(tmpdir(), 'vigil-bench-'));

  /** Gives `work` a workplace, and leaves nothing of it behind, even when it is interrupted. */
  static async use(root, work) {
    const workplace = new Workplace(root);
    const interrupt = () => {
      killMarked(workplace.mark);
      workplace.#remove();
      process.exit(130);
    };
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
    try {
      return await work(workplace);
    } finally {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
      await workplace.endProcesses();
      workplace.#remove();
    }
  }

  constructor(root) {
    try {
      this.#copyPackage(root);
    } catch (error) {
      this.#remove();
      throw error;
    }
  }

  #copyPackage(root) {
    this.vigil = join(this.#directory, 'package');
    for (const name of ['dist', 'package.json']) {
      cpSync(join(root, name), join(this.vigil, name), { recursive: true });
    }
    // As it is published, even if somebody has only compiled since the last build.
    packDoors(join(this.vigil, 'dist'));
    symlinkSync(join(root, 'node_modules'), join(this.vigil, 'node_modules'));
  }

  /** A new directory with the programs, in which the package is installed; `more` programs replace some of them. */
  createProject(more = null) {
    const project = mkdtempSync(join(this.#directory, 'project-'));
    cpSync(PROGRAMS, project, { recursive: true });
    if (more !== null) cpSync(more, project, { recursive: true });
    // Without it, the project would belong to whatever package lies above the temporary directory.
    writeFileSync(join(project, 'package.json'), '{ "name": "server", "private": true }');
    mkdirSync(join(project, 'node_modules'));
    symlinkSync(this.vigil, join(project, 'node_modules/server-vigil'));
    return project;
  }

  /** Kills whatever was started here, or bears another mark, and has not ended; resolves when nothing is left. */
  async endProcesses(mark = this.mark) {
    while (killMarked(mark) > 0) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  #remove() {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function killMarked({ name, value }) {
  const pids = findMarked(`${name}=${value}`);
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended meanwhile.
    }
  }
  return pids.length;
}
