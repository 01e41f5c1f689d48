import { EXIT } from './exit-codes.ts';
import { askGateway, GATEWAY_FLAGS, readGatewayAddress, reasonOf } from './jobs-address.ts';
import { toPrintable } from './output.ts';
import type { Verb } from './verb.ts';

interface Hop {
  readonly at: string;
  readonly hop: string;
  readonly detail: string;
}

/** `vigil jobs explain`. @lazy */
export const jobsExplainVerb: Verb = {
  name: 'jobs explain',
  describe: 'tells the way of a job, hop by hop',
  words: [{ name: 'id', describe: "the client's id, or clientId/id where several have it" }],
  flags: [...GATEWAY_FLAGS, { name: 'json', kind: 'switch', describe: 'print it as JSON' }],
  examples: ['vigil jobs explain order-17', 'vigil jobs explain order-17 --json'],
  async run(call) {
    const { output, arguments: given } = call;
    const id = given.text('id') ?? '';
    const path = `/api/jobs/explain?id=${encodeURIComponent(id)}`;
    const answer = await askGateway(readGatewayAddress(call), path);
    const { body, status } = answer;
    if (status !== 200) {
      output.note(toPrintable(reasonOf(answer)));
      for (const candidate of listTexts(body['candidates'])) output.note(`  ${candidate}`);
      return EXIT.failed;
    }
    if (given.isOn('json')) output.printJson(body);
    else output.print(toPrintable(describe(body)));
    return EXIT.ok;
  },
};

function describe(body: Readonly<Record<string, unknown>>): string {
  const { id, clientId, name, state, attempts } = body;
  const runs = attempts === 1 ? '1 attempt' : `${String(attempts)} attempts`;
  const timeline = (body['timeline'] ?? []) as readonly Hop[];
  const lines = timeline.map(({ at, hop, detail }) => `  ${at}  ${hop.padEnd(7)}  ${detail}`);
  return [
    `${String(clientId)}/${String(id)}`,
    `${String(name)}: ${String(state)}, ${runs}`,
    ...lines,
  ].join('\n');
}

function listTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
