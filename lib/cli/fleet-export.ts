import { realpathSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { VigilError } from '../errors.ts';
import type { ExportChoices } from '../fleet/export/create-export-facts.ts';
import { exportFleet } from '../fleet/export/export-fleet.ts';
import type { ExportedFile } from '../fleet/export/export-facts.ts';
import { loadFleetPlan } from '../fleet/plan/load-fleet-plan.ts';
import { EXIT } from './exit-codes.ts';
import { findFleetEnv } from './fleet-env.ts';
import { writeExport } from './fleet-export-files.ts';
import type { Verb, VerbArguments, VerbCall } from './verb.ts';

const ENGINES = ['systemd', 'nomad', 'kubernetes'] as const;

/** `vigil fleet export`. @lazy */
export const fleetExportVerb: Verb = {
  name: 'fleet export',
  describe: 'writes the same fleet for systemd, Nomad or Kubernetes',
  flags: [
    {
      name: 'to',
      kind: 'text',
      value: 'ENGINE',
      describe: 'systemd, nomad or kubernetes',
      completes: ENGINES,
    },
    {
      name: 'out',
      alias: 'o',
      kind: 'text',
      value: 'DIR',
      completes: 'directories',
      describe: 'write files there (default: print, all but the secrets)',
    },
    {
      name: 'image',
      kind: 'text',
      value: 'IMAGE',
      describe: 'of the application in /app, for nomad and kubernetes',
    },
    { name: 'name', kind: 'text', describe: 'of the fleet (default: the directory)' },
    {
      name: 'directory',
      alias: 'd',
      kind: 'text',
      value: 'DIR',
      completes: 'directories',
      describe: 'of the application (default: this one)',
    },
    { name: 'env', alias: 'e', kind: 'text', value: 'ENV', describe: 'environment' },
    { name: 'json', kind: 'switch', describe: 'print JSON' },
  ],
  examples: [
    'vigil fleet export --to systemd -e production -o units',
    'vigil fleet export --to kubernetes --image chat:2 | kubectl apply -f -',
  ],
  async run(call) {
    const { output, arguments: given, cwd } = call;
    const files = exportFleet(readPlan(call), readChoices(call));
    const out = given.text('out');
    if (out !== undefined) await writeExport(files, resolve(cwd, out), call);
    else if (given.isOn('json')) output.printJson(files.filter(({ isSecret }) => !isSecret));
    else printAll(files, call);
    return EXIT.ok;
  },
};

function readPlan(call: VerbCall): ReturnType<typeof loadFleetPlan> {
  const base = resolve(call.cwd, call.arguments.text('directory') ?? '.');
  try {
    const env = findFleetEnv(base, call.arguments.text('env'));
    return loadFleetPlan({ base: realpathSync(base), env });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new VigilError('ERR_USAGE', `there is no directory ${join(base, 'config')}`, { cause });
  }
}

/** @throws ERR_USAGE */
function readChoices({ cwd, arguments: given }: VerbCall): ExportChoices {
  const directory = resolve(cwd, given.text('directory') ?? '.');
  return {
    to: readEngine(given),
    name: readName(given.text('name') ?? basename(directory)),
    user: userInfo().username,
    image: given.text('image') ?? null,
  };
}

function readEngine(given: VerbArguments): ExportChoices['to'] {
  const wanted = given.text('to');
  const engine = ENGINES.find((name) => name === wanted);
  if (engine !== undefined) return engine;
  const found = wanted === undefined ? 'nothing' : `"${wanted}"`;
  throw new VigilError('ERR_USAGE', `--to: expected ${ENGINES.join(', ')}, found ${found}`);
}

/** Part of the names of files. */
function readName(text: string): string {
  const name = text.replace(/[^\w-]+/g, '-').replace(/^-+|-+$/g, '');
  if (name !== '') return name;
  throw new VigilError('ERR_USAGE', '--name: expected letters or digits');
}

function printAll(files: readonly ExportedFile[], { output }: VerbCall): void {
  const shown = files.filter(({ isSecret }) => !isSecret);
  for (const { path, text } of shown)
    output.print(`${shown.length === 1 ? '' : `# ${path}\n`}${text.trimEnd()}\n`);
  const secrets = files.filter(({ isSecret }) => isSecret).map(({ path }) => path);
  if (secrets.length > 0)
    output.note(`not printed, as they hold secrets: ${secrets.join(', ')}; write them with --out`);
}
