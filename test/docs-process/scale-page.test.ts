import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../docs/code-blocks.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';

describe('docs/explanation/scale.md', () => {
  it('quotes the simulation as it is', async () => {
    const page = readFileSync(join(ROOT, 'docs/explanation/scale.md'), 'utf8');
    const program = join(ROOT, 'bench/scale/simulate.mjs');
    const printed = execFileSync(process.execPath, [program], { encoding: 'utf8' });
    const paragraphs = printed.trim().split('\n\n').map(unaligned);
    expect(paragraphs).toHaveLength(6);
    for (const paragraph of paragraphs) expect(unaligned(page)).toContain(paragraph);
    await assertNoLeaks();
  });
});

/** Tables are aligned by who formats the page. */
function unaligned(text: string): string {
  return text.replace(/ +\|/g, ' |').replace(/-{3,}/g, '---');
}
