import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How projects in TypeScript resolve the package; the oldest way finds its main entry alone. */
const CONSUMERS = {
  nodenext: { module: 'nodenext' },
  commonjs: { module: 'commonjs', moduleResolution: 'bundler' },
  'commonjs of old': {
    module: 'commonjs',
    moduleResolution: 'node10',
    ignoreDeprecations: '6.0',
  },
};

const SOURCE_OF_OLD = `import * as vigil from 'server-vigil';\nexport const used = [vigil];\n`;
const SOURCE = `import * as vigil from 'server-vigil';
import { createApp } from 'server-vigil/fleet';
import { JobGateway } from 'server-vigil/jobs';
import { Spawner } from 'server-vigil/spawner';
import { decodeEvent } from 'server-vigil/stream';
import { ManualClock } from 'server-vigil/testing';
export const used = [vigil, createApp, JobGateway, Spawner, decodeEvent, new ManualClock()];
`;

/** Strict projects that check our declarations too. */
export async function checkConsumers(app) {
  for (const [name, how] of Object.entries(CONSUMERS)) {
    const folder = join(app, name);
    const source = name === 'commonjs of old' ? SOURCE_OF_OLD : SOURCE;
    const files = name === 'nodenext' ? ['consumer.cts', 'consumer.mts'] : ['consumer.ts'];
    await mkdir(folder);
    for (const file of files) await writeFile(join(folder, file), source);
    const compilerOptions = {
      ...how,
      ...{ strict: true, skipLibCheck: false, noEmit: true, target: 'es2022', lib: ['es2023'] },
      ...{ types: ['node'], typeRoots: [resolve('node_modules/@types')] },
    };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    await run(resolve('node_modules/.bin/tsc'), ['-p', folder]);
  }
}
