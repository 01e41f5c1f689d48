/** A text in lines of at most `width` characters, broken between words; a longer word keeps a line of its own. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

const LEAST_TEXT_WIDTH = 20;

/**
 * Lays rows of a label and its text out in two columns.
 *
 * A label that would leave no room for the text has a line of its own.
 */
export function layOutRows(rows: readonly (readonly [string, string])[], width: number): string {
  const widest = Math.max(0, ...rows.map(([label]) => label.length));
  const margin = Math.min(widest + 2, Math.max(width - LEAST_TEXT_WIDTH, 4));
  return rows
    .flatMap(([label, text]) => {
      const [first = '', ...more] = wrapText(text, width - margin).map(
        (line) => ' '.repeat(margin) + line,
      );
      const head =
        label.length + 2 > margin ? [label, first] : [label.padEnd(margin) + first.slice(margin)];
      return [...head, ...more];
    })
    .map((line) => line.trimEnd())
    .join('\n');
}
