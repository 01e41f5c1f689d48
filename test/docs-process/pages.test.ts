import { listPages, readCodeBlocks } from '../docs/code-blocks.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { PageReader } from './page-reader.ts';

/** What the pages let their readers install, at some point or other. */
const PACKAGES = ['express', 'smtp-server', 'tsx', 'ws'];
const PAGE_MS = 180_000;

const pages = listPages().filter((page) =>
  readCodeBlocks(page).some((block) => block.marks.has('run')),
);

describe('a page that says what to type and what one will see', () => {
  it.each(pages)(
    '%s is right',
    async (page) => {
      const reader = await PageReader.open(PACKAGES);
      for (const block of readCodeBlocks(page)) {
        await reader.follow(block).catch((cause: unknown) => {
          throw new Error(`${page}:${block.line}: ${(cause as Error).message}`, { cause });
        });
      }
      await reader.close();
      await assertNoLeaks();
    },
    PAGE_MS,
  );
});
