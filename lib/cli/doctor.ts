import { VigilError } from '../errors.ts';
import { loadOptions } from './chosen-session.ts';
import { EXIT } from './exit-codes.ts';
import { findEntry } from './find-entry.ts';
import { type Finding } from './finding.ts';
import { inspectMachine } from './inspect-machine.ts';
import { type Output, toPrintable } from './output.ts';
import { JSON_FLAG, SESSION_FLAGS } from './session-flags.ts';
import { describeTrial, judgeTrial } from './trial-report.ts';
import { runTrial } from './trial-run.ts';
import { wrapText } from './wrap-text.ts';
import type { Verb, VerbCall } from './verb.ts';

/** `vigil doctor`. @lazy */
export const doctorVerb: Verb = {
  name: 'doctor',
  describe: 'tries a server once; without one, the machine',
  words: [
    { name: 'entry', describe: 'the file node is to run', isOptional: true, completes: 'files' },
  ],
  flags: [
    { name: 'port', alias: 'p', kind: 'number', describe: 'port of the server' },
    { name: 'route', kind: 'text', describe: 'health route' },
    { name: 'node-arg', kind: 'list', describe: 'flag for node itself, as --node-arg=FLAG' },
    ...SESSION_FLAGS,
    JSON_FLAG,
  ],
  rest: 'args…',
  async run(call) {
    const entry = call.arguments.text('entry');
    if (entry !== undefined) return watchEntry(entry, call);
    if (call.arguments.rest.length > 0) {
      throw new VigilError(
        'ERR_USAGE',
        'arguments for a server need its file: vigil doctor server.js -- …',
      );
    }
    const findings = await inspectMachine(loadOptions(call), call.clock);
    const isFine = findings.every(({ level }) => level !== 'fail');
    if (call.arguments.isOn('json')) call.output.printJson({ ok: isFine, findings });
    else tell(findings, call.output);
    return isFine ? EXIT.ok : EXIT.failed;
  },
};

function tell(findings: readonly Finding[], output: Output): void {
  for (const finding of findings) output.print(formatFinding(finding, output));
  const failed = findings.filter(({ level }) => level === 'fail').length;
  const doubtful = findings.filter(({ level }) => level === 'warn').length;
  output.print(`\n${failed} failed, ${doubtful} to think about, ${findings.length} looked at.`);
}

async function watchEntry(entry: string, call: VerbCall): Promise<number> {
  const path = findEntry(entry);
  const options = loadOptions(call);
  if (!call.arguments.isOn('json')) call.output.note(`starting ${entry} once, under watch …`);
  const trial = await runTrial({ entry: path, options, call });
  if (trial === null) return EXIT.interrupted;
  const verdict = judgeTrial(trial, options);
  if (call.arguments.isOn('json')) {
    call.output.printJson({ entry, ...verdict });
  } else {
    const { findings, outputTail } = describeTrial(verdict);
    for (const finding of findings) call.output.print(formatFinding(finding, call.output));
    if (outputTail.length > 0) call.output.print('\nIts last output:');
    for (const line of outputTail) call.output.print(toPrintable(`  ${line}`));
    if (verdict.ok || hasKeys(verdict.config)) call.output.print(describeConfig(verdict.config));
  }
  return verdict.ok ? EXIT.ok : EXIT.failed;
}

function describeConfig(config: Readonly<Record<string, unknown>>): string {
  if (!hasKeys(config)) return '\nThe configuration as it is fits.';
  return `\nThis in session.config.json would fit:\n${JSON.stringify(config, null, 2)}`;
}

function hasKeys(config: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(config).length > 0;
}

const MARKS = {
  ok: ['ok  ', 'green'],
  warn: ['warn', 'yellow'],
  fail: ['FAIL', 'red'],
} as const;

function formatFinding({ level, what, text, todo }: Finding, output: Output): string {
  const [mark, color] = MARKS[level];
  const lines = [text, ...(todo === undefined ? [] : [`To do: ${todo}`])]
    .map(toPrintable)
    .flatMap((line) => wrapText(line, output.width - MARGIN));
  const [first = '', ...more] = lines;
  const head = `${output.paint(mark, color)}  ${what.padEnd(WHAT_WIDTH)} ${first}`;
  return [head, ...more.map((line) => ' '.repeat(MARGIN) + line)].join('\n');
}

const WHAT_WIDTH = 16;
const MARGIN = 23;
