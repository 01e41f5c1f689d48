import type { ChildHandle } from '../process/child-handle.ts';

/** The same process, whose signals are told before they are sent. */
export function reportSignals(
  handle: ChildHandle,
  onSignal: (signal: NodeJS.Signals) => void,
): ChildHandle {
  return {
    ...handle,
    signalTree: (signal) => {
      onSignal(signal);
      return handle.signalTree(signal);
    },
  };
}
