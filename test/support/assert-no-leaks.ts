import { listMarkedProcesses } from './marked-processes.ts';
import { startedChildren } from './start-child.ts';
import { waitUntil } from './wait-until.ts';

const NODE_WARNING = /\(node:\d+\) (\[\w+\] )?\w*Warning: /;
const OWN_RESOURCES = /^(TCP|TLS|UDP|PipeConnect|PipeServer|Process|FSEvent|Timeout|Worker)/;
// A process that has been told to end is given this long to be gone: it has to be given the processor for that.
const DEFAULT_GRACE_MS = 10_000;
// Of the test itself nothing is under way by then.
const OWN_GRACE_MS = 2000;

let before: string[] = [];

beforeEach(() => {
  before = ownResources();
});

/**
 * Fails when something the test has started is still there: a process, orphans included, or a
 * socket, server or timer in the test's own process. Fails as well when a child printed a warning of Node.
 */
export async function assertNoLeaks(graceMs = DEFAULT_GRACE_MS): Promise<void> {
  await waitUntil(
    () => (listMarkedProcesses().length === 0 ? true : undefined),
    () => `still there: ${findLeaks().join('; ')}`,
    graceMs,
  );
  await waitUntil(
    () => (newResources().length === 0 ? true : undefined),
    () => `still there: ${findLeaks().join('; ')}`,
    Math.min(graceMs, OWN_GRACE_MS),
  );
  const warnings = startedChildren()
    .flatMap((child) => child.output.all)
    .filter((line) => NODE_WARNING.test(line.text));
  if (warnings.length > 0) {
    throw new Error(`Node warned in a child:\n${warnings.map((line) => line.text).join('\n')}`);
  }
}

function findLeaks(): string[] {
  return [
    ...listMarkedProcesses().map(({ pid, command }) => `process ${pid} (${command})`),
    ...newResources(),
  ];
}

function newResources(): string[] {
  const known = [...before];
  return ownResources().filter((name) => {
    const index = known.indexOf(name);
    if (index === -1) return true;
    known.splice(index, 1);
    return false;
  });
}

function ownResources(): string[] {
  return process.getActiveResourcesInfo().filter((name) => OWN_RESOURCES.test(name));
}
