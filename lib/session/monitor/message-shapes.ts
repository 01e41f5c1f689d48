import {
  crashDetectedMessage,
  drainFinishedMessage,
  endingPhaseMessage,
  exitHandlerMessage,
  extendDeadlineMessage,
  heartbeatMessage,
  hintMessage,
  killMessage,
  lifecycleMessage,
  listeningMessage,
  loopStalledMessage,
  polledListenerMessage,
  pollMessage,
  secretsMessage,
  serverRunningMessage,
} from '../contract.ts';
import { HANG_FINDINGS } from '../hang-note.ts';

type Check = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Check>>;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isNumber: Check = (value) => typeof value === 'number';
const isAmount: Check = (value) => typeof value === 'number' && value >= 0 && value < Infinity;
const isAnything: Check = () => true;

const isSecrets: Check = (value) =>
  Array.isArray(value) &&
  value.every(
    (one: { name?: unknown; value?: unknown } | null) => isText(one?.name) && isText(one?.value),
  );

function orNull(check: Check): Check {
  return (value) => value === null || check(value);
}

function oneOf(...values: readonly string[]): Check {
  return (value) => values.includes(value as string);
}

const isShortText: Check = (value) => typeof value === 'string' && value.length < 1000;
const isMark: Check = (value) => value === undefined || value === true;
const REQUEST: Shape = {
  method: isShortText,
  path: isShortText,
  ageMs: isAmount,
  atLeast: isMark,
  upgraded: isMark,
};
const isRequests: Check = (value) =>
  Array.isArray(value) && value.length <= 20 && value.every((one) => hasShape(one, REQUEST));

/** What the monitor relies on in each message; errors may be anything, and are read as such. */
const SHAPES = new Map<string, Shape>([
  // A number that is no exit code must not keep the session from being ended.
  [killMessage.name, { reason: isText, graceful: isFlag, errorCode: isNumber }],
  [lifecycleMessage.name, { event: isText }],
  [hintMessage.name, { text: isText }],
  [secretsMessage.name, { secrets: isSecrets }],
  [serverRunningMessage.name, { announced: isFlag }],
  [
    heartbeatMessage.name,
    {
      loopLagMs: isAmount,
      rssBytes: isAmount,
      heapUsedBytes: isAmount,
      heapLimitBytes: isAmount,
    },
  ],
  [
    loopStalledMessage.name,
    { durationMs: isAmount, finding: oneOf(...HANG_FINDINGS), stack: orNull(isText) },
  ],
  [listeningMessage.name, { port: orNull(isAmount), path: orNull(isText), protocol: isText }],
  [polledListenerMessage.name, { port: orNull(isAmount), expected: isFlag }],
  [pollMessage.name, { ok: isFlag, latencyMs: isAmount, reason: isText }],
  [extendDeadlineMessage.name, { ms: isAmount }],
  [
    drainFinishedMessage.name,
    { open: isAmount, durationMs: isAmount, requests: isRequests, moreRequests: isAmount },
  ],
  [
    endingPhaseMessage.name,
    { phase: oneOf('draining', 'exitHandlers', 'ownHandlers'), budgetMs: isAmount },
  ],
  [exitHandlerMessage.name, { kind: oneOf('failed', 'timedOut'), name: isText, error: isAnything }],
  [
    crashDetectedMessage.name,
    {
      error: isAnything,
      origin: oneOf('uncaughtException', 'unhandledRejection'),
      handled: isFlag,
      atTopLevel: isFlag,
    },
  ],
]);

/** Whether what a server process sent under one of Vigil's names is what that name promises: its code can send anything. */
export function isSoundMessage(name: string, args: unknown): boolean {
  return hasShape(args, SHAPES.get(name) ?? {});
}

function hasShape(value: unknown, shape: Shape): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.entries(shape).every(([key, check]) => check(fields[key]));
}
