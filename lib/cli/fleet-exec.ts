import { VigilError } from '../errors.ts';
import { type ExecResult, readExec } from '../fleet/client/read-replies.ts';
import { EXIT } from './exit-codes.ts';
import { MASTER_FLAGS } from './fleet-address.ts';
import { withFleetConsole } from './fleet-console.ts';
import { type Output, toPrintable } from './output.ts';
import type { Verb } from './verb.ts';

const EXEC_MS = 10 * 60_000;

/** `vigil fleet exec`. @lazy */
export const fleetExecVerb: Verb = {
  name: 'fleet exec',
  describe: 'runs a command beside each server, and shows equal answers once',
  flags: [
    { name: 'type', alias: 't', kind: 'text', value: 'TYPE', describe: 'servers of a type alone' },
    { name: 'id', alias: 'i', kind: 'list', value: 'ID', describe: 'this server; may be repeated' },
    ...MASTER_FLAGS,
  ],
  rest: 'command…',
  examples: ['vigil fleet exec -- node --version', 'vigil fleet exec -t chat -- df -h .'],
  async run(call) {
    const { output } = call;
    const command = call.arguments.rest;
    if (command.length === 0)
      throw new VigilError('ERR_USAGE', 'expected a command: vigil fleet exec -- node --version');
    const order = {
      command,
      ids: call.arguments.list('id'),
      type: call.arguments.text('type') ?? null,
    };
    const reply = await withFleetConsole(call, 'exec', (console) =>
      console.order('exec', order, EXEC_MS),
    );
    const results = readExec(reply);
    if (call.arguments.isOn('json')) output.printJson(results);
    else for (const group of groupEqual(results)) describe(group, output);
    const isFine = results.every(({ code, error }) => code === 0 && error === null);
    return isFine ? EXIT.ok : EXIT.failed;
  },
};

/** Those that answered the same stand together; the largest group first. */
function groupEqual(results: readonly ExecResult[]): readonly (readonly ExecResult[])[] {
  const groups = new Map<string, ExecResult[]>();
  for (const result of results) {
    const key = JSON.stringify([result.code, result.output, result.error]);
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length);
}

function describe(group: readonly ExecResult[], output: Output): void {
  const [first] = group;
  if (first === undefined) return;
  const { code, error, output: text } = first;
  const outcome = error ?? (code === 0 ? null : `exit code ${String(code)}`);
  const names = group.map(({ id }) => id).join(', ');
  output.print(
    output.paint(toPrintable(outcome === null ? `${names}:` : `${names}: ${outcome}`), 'bold'),
  );
  const lines = text.replace(/\n$/, '');
  if (lines !== '') output.print(toPrintable(lines));
}
