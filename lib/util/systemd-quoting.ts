/** A word of a command or a list in a unit of systemd: quoted where it must be, and free of what would be expanded. */
export function quoteUnitWord(word: string): string {
  const escaped = escapePercent(word.replaceAll('\\', '\\\\').replaceAll('"', '\\"')).replaceAll(
    '$',
    '$$$$',
  );
  return /^[\w./:=@%+,-]+$/.test(word) ? escaped : `"${escaped}"`;
}

/** The rest of a line of a unit. */
export function toUnitText(text: string): string {
  return escapePercent(text.replace(/\s+/g, ' '));
}

function escapePercent(text: string): string {
  return text.replaceAll('%', '%%');
}
