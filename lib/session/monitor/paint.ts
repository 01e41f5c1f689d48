/** Colours a text; a colour that the library does not know leaves it plain. */
export function paint(text: string, color: string): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded when a terminal shows colours
  const colors = require('@colors/colors/safe') as unknown as Record<string, unknown>;
  const painter = colors[color];
  return typeof painter === 'function' ? (painter as (text: string) => string)(text) : text;
}

/** Whether colours are wanted on this stream; NO_COLOR and FORCE_COLOR are the reader's word. */
export function isColored(stream: {
  readonly isTTY?: boolean;
  hasColors?: () => boolean;
}): boolean {
  if (process.env['NO_COLOR'] !== undefined && process.env['NO_COLOR'] !== '') return false;
  if (process.env['FORCE_COLOR'] !== undefined) return process.env['FORCE_COLOR'] !== '0';
  return stream.isTTY === true && (stream.hasColors?.() ?? false);
}
