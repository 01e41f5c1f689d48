import { parseSetting } from '../config/parse-setting.ts';
import type { ConfigOverride } from '../config/parse-setting.ts';
import { loadSpawnerOptions } from '../spawner/load-spawner-options.ts';
import type { SpawnEvent } from '../spawner/spawn-event.ts';
import { SPAWNER_FIELDS } from '../spawner/spawner-fields.ts';
import { Spawner } from '../spawner/spawner.ts';
import { EXIT } from './exit-codes.ts';
import { toPrintable } from './output.ts';
import type { Verb, VerbCall } from './verb.ts';

/** `vigil spawner`. @lazy */
export const spawnerVerb: Verb = {
  name: 'spawner',
  describe: 'starts servers on demand, each on its own port',
  flags: [
    {
      name: 'config',
      alias: 'c',
      kind: 'text',
      value: 'FILE',
      completes: 'files',
      describe: 'configuration (default spawner.config.json)',
    },
    { name: 'port', alias: 'p', kind: 'number', describe: 'where it listens, 0 for any free port' },
    { name: 'name', alias: 'n', kind: 'text', value: 'NAME', describe: 'name of the spawner' },
    {
      name: 'state-dir',
      kind: 'text',
      value: 'DIR',
      completes: 'directories',
      describe: 'where the spawner keeps its files',
    },
    {
      name: 'set',
      kind: 'list',
      value: 'KEY=VALUE',
      describe: 'any key of the configuration',
    },
    { name: 'quiet', kind: 'switch', describe: 'print the address and warnings only' },
    { name: 'json', kind: 'switch', describe: 'print events, one JSON object a line' },
  ],
  examples: ['vigil spawner -c spawner.config.json', 'vigil spawner --port 0 --set warm=2'],
  async run(call) {
    const configFile = call.arguments.text('config');
    const options = loadSpawnerOptions({
      cwd: call.cwd,
      ...(configFile === undefined ? {} : { configFile }),
      overrides: readOverrides(call),
    });
    const isJson = call.arguments.isOn('json');
    const isQuiet = call.arguments.isOn('quiet') || isJson;
    const spawner = new Spawner(options, {
      clock: call.clock,
      log: (level, line) => {
        if (level === 'warn') call.output.note(toPrintable(line));
        else if (!isQuiet) call.output.print(toPrintable(line));
      },
    });
    if (isJson) {
      spawner.events.subscribe((event: SpawnEvent) => {
        call.output.printJsonLine(event);
      });
    }
    const ending = obeySignals(spawner);
    const { url } = await spawner.start();
    const line = `spawner listens at ${url}`;
    if (isJson) call.output.note(line);
    else call.output.print(line);
    await spawner.ended;
    return ending.interrupts > 1 ? EXIT.interrupted : EXIT.ok;
  },
};

/** The first SIGINT or SIGTERM ends in order, a second SIGINT at once. */
function obeySignals(spawner: Spawner): { interrupts: number } {
  const ending = { interrupts: 0 };
  process.on('SIGTERM', () => void spawner.close('SIGTERM'));
  process.on('SIGINT', () => {
    ending.interrupts += 1;
    void (ending.interrupts > 1 ? spawner.kill('second SIGINT') : spawner.close('SIGINT'));
  });
  return ending;
}

function readOverrides(call: VerbCall): ConfigOverride[] {
  const port = call.arguments.text('port');
  const plain: readonly (readonly [string, string, unknown])[] = [
    ['--port', 'port', port === undefined ? undefined : Number(port)],
    ['--name', 'name', call.arguments.text('name')],
    ['--state-dir', 'stateDirectory', call.arguments.text('state-dir')],
  ];
  return [
    ...plain
      .filter(([, , value]) => value !== undefined)
      .map(([flag, path, value]) => ({ flag, path, value })),
    ...call.arguments.list('set').map((text) => parseSetting(SPAWNER_FIELDS, text)),
  ];
}
