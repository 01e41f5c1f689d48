const IS_COLORED =
  process.stdout.isTTY && process.env.NO_COLOR === undefined && process.env.TERM !== 'dumb';
const LABEL_WIDTH = 14;

const style = (code) => (text) => (IS_COLORED ? `\u001b[${code}m${text}\u001b[0m` : text);
const bold = style(1);
const dim = style(2);
const red = style(31);
const green = style(32);

/** All that the demo prints goes through here. */
export const print = {
  plain(text) {
    process.stdout.write(`${text}\n`);
  },
  title(text) {
    process.stdout.write(`\n${bold(text)}\n${'='.repeat(text.length)}\n`);
  },
  heading(text) {
    process.stdout.write(`\n${bold(text)}\n`);
  },
  fact(label, text) {
    const [first, ...more] = text.split('\n');
    process.stdout.write(`  ${dim(label.padEnd(LABEL_WIDTH))} ${first}\n`);
    for (const line of more) process.stdout.write(`  ${' '.repeat(LABEL_WIDTH)} ${line}\n`);
  },
  quote(lines) {
    for (const line of lines)
      process.stdout.write(`  ${' '.repeat(LABEL_WIDTH)} ${dim('│')} ${line}\n`);
  },
  success(text) {
    process.stdout.write(`\n${green(text)}\n`);
  },
  failure(text) {
    process.stdout.write(`\n${red('The demo failed:')} ${text}\n`);
  },
};
