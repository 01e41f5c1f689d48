/**
 * Parses JSON in which texts may stand between single quotes as well.
 *
 * @throws SyntaxError
 */
export function parseLenientJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!text.includes("'")) throw error;
    return JSON.parse(requote(text));
  }
}

// A text in either kind of quotes; whatever stands outside of them stays as it is.
const QUOTED = /"(?:[^"\\]|\\.)*"|'((?:[^'\\]|\\.)*)'/gs;

function requote(text: string): string {
  return text.replace(QUOTED, (whole: string, inner: string | undefined) =>
    inner === undefined ? whole : `"${inner.replace(ESCAPE_OR_QUOTE, exchange)}"`,
  );
}

const ESCAPE_OR_QUOTE = /\\.|"/gs;

function exchange(part: string): string {
  if (part === "\\'") return "'";
  return part === '"' ? '\\"' : part;
}
