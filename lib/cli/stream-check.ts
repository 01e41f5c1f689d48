import { readFile } from 'node:fs/promises';
import { VigilError } from '../errors.ts';
import type { Esf } from '../lwes/esf.ts';
import { EsfError } from '../lwes/esf-error.ts';
import { readLwesJournal } from '../lwes/journal-reader.ts';
import { measureEsf, type EsfSize } from '../lwes/measure-esf.ts';
import { parseEsf } from '../lwes/parse-esf.ts';
import { tryDecodeEvent } from '../lwes/decode-event.ts';
import { validateEvent } from '../lwes/validate-event.ts';
import { countOf } from './count-of.ts';
import { EXIT } from './exit-codes.ts';
import { toPrintable } from './output.ts';
import type { Verb, VerbCall } from './verb.ts';

/** `vigil stream check`. @lazy */
export const streamCheckVerb: Verb = {
  name: 'stream check',
  describe: 'checks an event specification, and journals against it',
  words: [
    { name: 'file.esf', describe: 'an event specification', completes: 'files' },
    {
      name: 'journal',
      describe: 'journals whose events are compared with it',
      isOptional: true,
      isRepeated: true,
      completes: 'files',
    },
  ],
  flags: [{ name: 'json', kind: 'switch', describe: 'print one JSON document' }],
  examples: ['vigil stream check events.esf', 'vigil stream check events.esf events.log.gz'],
  async run(call) {
    const file = call.arguments.text('file.esf') ?? '';
    const isJson = call.arguments.isOn('json');
    const esf = await readEsf(file, call);
    if (esf === null) return EXIT.invalidConfig;
    const sizes = measureEsf(esf);
    const journals: JournalCheck[] = [];
    for (const path of call.arguments.list('journal')) journals.push(await checkJournal(path, esf));
    const isFine = sizes.every(({ fits }) => fits) && journals.every(isFineJournal);
    if (isJson) call.output.printJson({ valid: isFine, file, sizes, journals });
    else printText({ file, sizes, journals }, call);
    return isFine ? EXIT.ok : EXIT.failed;
  },
};

async function readEsf(file: string, { arguments: given, output }: VerbCall): Promise<Esf | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const message = `${file} cannot be read: ${(cause as Error).message}`;
    throw new VigilError('ERR_CONFIG_READ', message, { cause });
  }
  try {
    return parseEsf(text, { file });
  } catch (error) {
    if (!(error instanceof EsfError)) throw error;
    const { message, line, column } = error;
    if (given.isOn('json'))
      output.printJson({ valid: false, file, problem: { line, column, message } });
    else output.note(toPrintable(message));
    return null;
  }
}

interface JournalCheck {
  readonly journal: string;
  readonly events: number;
  readonly malformed: number;
  /** What events differ in, with how often; the most frequent ones first. */
  readonly findings: readonly { readonly text: string; readonly count: number }[];
  /** Why it could not be read to its end, or null. */
  readonly problem: string | null;
}

const MOST_FINDINGS = 1000;

async function checkJournal(journal: string, esf: Esf): Promise<JournalCheck> {
  const found = new Map<string, number>();
  let [events, malformed] = [0, 0];
  let problem: string | null = null;
  try {
    for await (const { bytes } of readLwesJournal(journal)) {
      const { event } = tryDecodeEvent(bytes);
      if (event === null) malformed += 1;
      else {
        events += 1;
        for (const { text } of validateEvent(event, esf))
          if (found.has(text) || found.size < MOST_FINDINGS)
            found.set(text, (found.get(text) ?? 0) + 1);
      }
    }
  } catch (error) {
    problem = (error as Error).message;
  }
  const findings = [...found]
    .map(([text, count]) => ({ text, count }))
    .sort((a, b) => b.count - a.count);
  return { journal, events, malformed, findings, problem };
}

function isFineJournal({ malformed, findings, problem }: JournalCheck): boolean {
  return malformed === 0 && findings.length === 0 && problem === null;
}

interface Checked {
  readonly file: string;
  readonly sizes: readonly EsfSize[];
  readonly journals: readonly JournalCheck[];
}

function printText({ file, sizes, journals }: Checked, { output }: VerbCall): void {
  const say = (text: string): void => {
    output.print(toPrintable(text));
  };
  const tooLong = sizes.filter(({ fits }) => !fits);
  for (const { event, maxBytes } of tooLong)
    say(`${file}: ${event} can be ${maxBytes} bytes long; a datagram carries 65507`);
  const verdict = tooLong.length === 0 ? 'nothing is wrong' : `${tooLong.length} can be too long`;
  say(`${file}: ${countOf(sizes.length, 'event')}, ${verdict}`);
  const [longest] = sizes.toSorted((a, b) => b.maxBytes - a.maxBytes);
  if (longest !== undefined) {
    const unlimited = longest.unlimited.join(', ');
    const rest = unlimited === '' ? '' : `, not counting what has no limit: ${unlimited}`;
    say(`largest event: ${longest.event}, ${longest.maxBytes} bytes${rest}`);
  }
  for (const { journal, events, malformed, findings, problem } of journals) {
    for (const { text, count } of findings) say(`${journal}: ${text} (${count}×)`);
    if (problem !== null) say(problem);
    const verdict =
      findings.length === 0 ? 'all as specified' : countOf(findings.length, 'difference');
    say(`${journal}: ${countOf(events, 'event')}, ${malformed} malformed, ${verdict}`);
  }
}
