/** A message without events. */
export function writeMessage(type: 'data' | 'error', text: string): string {
  return JSON.stringify({ type, msg: text, data: [] });
}
