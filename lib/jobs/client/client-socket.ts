/** What is needed of a WebSocket: that of browsers and of Node from 22 on has it, and that of the package `ws`. */
export interface ClientSocket {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number }) => void) | null;
  onerror: ((event: unknown) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

export type ClientSocketClass = new (url: string) => ClientSocket;

/** @throws TypeError when there is none */
export function findSocketClass(): ClientSocketClass {
  const found = (globalThis as { readonly WebSocket?: unknown }).WebSocket;
  if (typeof found === 'function') return found as ClientSocketClass;
  throw new TypeError('there is no WebSocket here: give one, as in {WebSocket: require("ws")}');
}
