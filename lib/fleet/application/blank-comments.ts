// A text in quotes, a comment of either kind, or a comma with nothing but comments up to the end of its object or list.
const PART =
  /"(?:[^"\\]|\\.)*"|\/\/[^\n\r]*|\/\*[\s\S]*?\*\/|,(?=(?:\s|\/\/[^\n\r]*|\/\*(?:[^*]|\*(?!\/))*\*\/)*[}\]])/g;

/** JSON with comments and trailing commas as JSON; every character that stays keeps its place. */
export function blankComments(text: string): string {
  return text.replace(PART, (part) =>
    part.startsWith('"') ? part : part.replace(/[^\n\r]/g, ' '),
  );
}
